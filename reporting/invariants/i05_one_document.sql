-- I5: no operation of ours stands twice in a system, unless a break says so (as far as the mirror shows).
CREATE VIEW invariant_i05_one_document AS
SELECT e.system, e.external_reference, array_agg(e.number ORDER BY e.number) AS numbers
FROM billing_erpdocument e
WHERE e.external_reference <> '' AND e.state NOT IN ('deleted', 'void')
  AND NOT EXISTS (
    SELECT FROM integrations_break b
    WHERE b.erp_document_id = e.id AND b.kind = 'duplicate' AND b.state <> 'matched')
GROUP BY e.system, e.external_reference
HAVING count(*) > 1
