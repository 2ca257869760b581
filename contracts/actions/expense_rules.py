"""What a version says about expenses: as people and systems write it, and the steps that store it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from contracts.models import ContractVersion, ExpenseCategory, ExpenseRule
from core.errors import Invalid
from core.rows import check_fields


@dataclass(frozen=True)
class ExpenseTerms:
    """One rule: `line` is a line's key, `category` a code; empty ones stand for every line or category.

    `markup_percent` is of 100; `ceiling` and `unit_price` are in the contract's currency.
    """

    line: str = ""
    category: str = ""
    billed: bool = True
    markup_percent: Decimal = Decimal(0)
    ceiling: Decimal | None = None
    unit_price: Decimal | None = None

    @classmethod
    def of(cls, rule: ExpenseRule) -> "ExpenseTerms":
        """Read a stored rule (its category loaded)."""
        code = rule.category.code if rule.category else ""
        return cls(rule.line_key, code, rule.billed, rule.markup_percent, rule.ceiling, rule.unit_price)


class ExpenseRulesInvalid(Invalid):
    """Two rules are about the same expenses, or a rule names an unknown category."""

    code = "expense_rules_invalid"


def expense_rules_of(version: ContractVersion) -> list[ExpenseTerms]:
    """Return the rules of a version by line and category, the general ones first."""
    rules = [ExpenseTerms.of(rule) for rule in version.expense_rules.select_related("category")]
    return sorted(rules, key=lambda rule: (rule.line, rule.category))


def write_expense_rules(version: ContractVersion, rules: Sequence[ExpenseTerms]) -> None:
    """Make these the version's rules: keep the rows that stay, add new ones, drop the others."""
    subjects = [(rule.line, rule.category) for rule in rules]
    if twice := sorted({one for one in subjects if subjects.count(one) > 1}):
        raise ExpenseRulesInvalid(f"Two rules are about {_about(*twice[0])}.", field="expenses")
    codes = {rule.category for rule in rules} - {""}
    categories = {row.code: row for row in ExpenseCategory.objects.filter(code__in=codes)}
    if missing := sorted(codes - set(categories)):
        raise ExpenseRulesInvalid(f"There is no expense category {missing[0]}.", field="expenses")
    standing = {
        (row.line_key, row.category.code if row.category else ""): row
        for row in version.expense_rules.select_related("category")
    }
    gone = [row.pk for subject, row in standing.items() if subject not in subjects]
    version.expense_rules.filter(pk__in=gone).delete()
    for rule in rules:
        row = standing.get((rule.line, rule.category)) or ExpenseRule(contract_version=version)
        _store(row, rule, categories.get(rule.category))


def expense_content(version: ContractVersion) -> dict[str, object]:
    """Return what the seal of a version says of expenses: nothing where there are no rules."""
    rules = [asdict(rule) for rule in expense_rules_of(version)]
    return {"expenses": rules} if rules else {}


def expense_faults(rules: Sequence[ExpenseRule], keys: set[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield what is wrong with the rules of a version with these line keys: code, sentence, does it block."""
    for rule in rules:
        about = _about(rule.line_key, rule.category.name if rule.category else "")
        if rule.line_key and rule.line_key not in keys:
            yield "expense_line_unknown", f"The expense rule for {about} names no line of these terms.", True
        if not rule.billed and (
            rule.markup_percent or rule.ceiling is not None or rule.unit_price is not None
        ):
            yield "expense_not_billed", f"The expense rule for {about} has a price but does not bill.", True
        if rule.unit_price is None:
            continue
        if rule.category is None or not rule.category.unit:
            sentence = f"The expense rule for {about} has a price per unit: name a category that has units."
            yield "expense_unit_missing", sentence, True
        if rule.markup_percent:
            yield (
                "expense_price_and_markup",
                f"The expense rule for {about} has both a fixed price per unit and a markup: choose one.",
                True,
            )
    general = any(not rule.line_key and rule.category is None for rule in rules)
    covered = {rule.line_key for rule in rules if rule.category is None}
    for key in sorted(keys - covered) if rules and not general else ():
        sentence = f"Expenses on {key} of a category without a rule of its own would wait for one."
        yield "expense_rule_missing", sentence, False


def _store(row: ExpenseRule, rule: ExpenseTerms, category: ExpenseCategory | None) -> None:
    values = {**asdict(rule), "line_key": rule.line, "category": category}
    del values["line"]
    changed = [name for name, value in values.items() if row._state.adding or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        check_fields(row)
        row.save(update_fields=None if row._state.adding else changed)


def _about(line: str, category: str) -> str:
    return f"{category or 'every category'} on {line or 'every line'}"
