"""Caseload files in, classified caseloads out, as municipalities have them."""

from routeengine.caseload.classification import Tally
from routeengine.caseload.classify import classify_file
from routeengine.caseload.reading import FORMATS, Caseload, ReadingOptions, open_caseload
from routeengine.caseload.rows import Row, RowFault
from routeengine.caseload.writing import OUTPUT_FORMATS, Output, open_output, output_columns

__all__ = [
    "FORMATS",
    "OUTPUT_FORMATS",
    "Caseload",
    "Output",
    "ReadingOptions",
    "Row",
    "RowFault",
    "Tally",
    "classify_file",
    "open_caseload",
    "open_output",
    "output_columns",
]
