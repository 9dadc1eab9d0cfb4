"""The rules as SQL: a view with a verdict per row, for databases (extra `sql`)."""

from routeengine.sql.export import DIALECTS, export_sql

__all__ = ["DIALECTS", "export_sql"]
