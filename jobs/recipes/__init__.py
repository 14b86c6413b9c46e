"""Named, complete configs by job; a recipe may also be given as my_package.module:function."""
