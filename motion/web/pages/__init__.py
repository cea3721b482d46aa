"""The pages, one module for each family; each holds its `ROUTES`."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class Number(IntegerConvertor):
    """`{job:int}` in an address: no more digits than a column of PostgreSQL holds; a longer one is no page of ours."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", Number())
