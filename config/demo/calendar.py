"""The days of the demo: everything is dated from the one day it is loaded on."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
ENOUGH_OF_A_MONTH = 18
_MONTHLY_SINCE = 4


@dataclass(frozen=True)
class Month:
    """A calendar month, named by its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.replace(day=1))

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.plus(1).first - DAY

    def plus(self, months: int) -> "Month":
        """Return the month so many months later, or earlier."""
        index = self.first.year * 12 + self.first.month - 1 + months
        return Month(date(index // 12, index % 12 + 1, 1))

    def __str__(self) -> str:
        return f"{self.first:%B %Y}"


@dataclass(frozen=True)
class DemoCalendar:
    """What happened when, seen from `today`; `weeks` of time were recorded before the present one."""

    today: date
    weeks: int = 26

    @property
    def this_monday(self) -> date:
        """Return the Monday of the present week, whose time is still being written."""
        return self.today - timedelta(days=self.today.weekday())

    @property
    def first_day(self) -> date:
        """Return the Monday on which recorded time begins."""
        return self.this_monday - self.weeks * WEEK

    @property
    def approved_until(self) -> date:
        """Return the Sunday up to which time is approved; the week after it waits."""
        return self.this_monday - WEEK - DAY

    @cached_property
    def open_month(self) -> Month:
        """Return the month being billed now: the present one, unless it has just begun."""
        present = Month.of(self.today)
        return present if self.today.day >= ENOUGH_OF_A_MONTH else present.plus(-1)

    @property
    def cut_off(self) -> date:
        """Return the last day of work that the present billing run looks at."""
        return min(self.open_month.last, self.today)

    @cached_property
    def billed_months(self) -> list[Month]:
        """Return the months that were invoiced before, oldest first."""
        months, month = [], Month.of(self.first_day)
        while month.first < self.open_month.first:
            months.append(month)
            month = month.plus(1)
        return months

    @property
    def cut_offs(self) -> list[Month]:
        """Return the months at whose end a run was made: until lately, one run covered the older ones."""
        return self.billed_months[-_MONTHLY_SINCE:]

    @property
    def last_billed(self) -> Month:
        """Return the month whose invoices are compared with the ERP now."""
        return self.open_month.plus(-1)

    @property
    def agreed_from(self) -> date:
        """Return the day on which most contracts begin."""
        return self.open_month.plus(-8).first

    @property
    def prices_rise_on(self) -> date:
        """Return the day on which the price lists go up."""
        return self.open_month.plus(-2).first
