"""A refusal is a business answer: a sentence a person can act on, a code, and the field it is about."""


class Refusal(Exception):
    """Say no to a verb. Subclasses stand beside the verb that raises them and name their own code."""

    code = "refused"
    status = 409

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Invalid(Refusal):
    """The input itself is wrong: correct it and send it again."""

    code = "invalid"
    status = 422


class Forbidden(Refusal):
    """The person may not do this, or not for this legal entity."""

    code = "forbidden"
    status = 403


class NotFound(Refusal):
    """No such object, or none that this person may see."""

    code = "not_found"
    status = 404


class Stale(Refusal):
    """The object was changed by somebody else since it was read."""

    code = "stale"
    status = 412
