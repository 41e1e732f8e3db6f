"""The panel for staff: lists, forms, the workbench and the desks; what a step does is said in procedures/."""
