from tests.scoping.conftest import client, em, signed_in

__all__ = ["client", "em", "signed_in"]
