// Registration of the verbs, and nothing else.

return 0;
