"""Writing the treatment: from what was heard and sung to what is to be seen."""
