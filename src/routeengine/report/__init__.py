"""A report on a caseload for the council: how many, never who."""

from routeengine.report.page import Report, report_on

__all__ = ["Report", "report_on"]
