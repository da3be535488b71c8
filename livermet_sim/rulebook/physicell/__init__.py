"""Read, judge and write rules in the grammar of PhysiCell (CSV version 3; 0, 1 and 2 are brought over)."""
