-- Both sides of the month per currency: how many documents, their net and tax.
SELECT currency, sum(our_count), sum(our_net), sum(our_tax), sum(their_count), sum(their_net), sum(their_tax)
FROM (
  SELECT our_currency AS currency, 1 AS our_count, our_net, our_tax, 0 AS their_count, 0 AS their_net, 0 AS their_tax
  FROM reconciled_pair WHERE ours_counts
  UNION ALL
  SELECT their_currency, 0, 0, 0, 1, their_net, their_tax FROM reconciled_pair WHERE theirs_count
) sides
GROUP BY currency
ORDER BY currency
