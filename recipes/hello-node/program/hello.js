#!/usr/bin/env node
// Adds up squares, tells how long a day is by a package of the registry, and what it runs on.
const ms = require("ms");

const sum = Array.from({ length: 1000 }, (_, n) => n * n).reduce((all, one) => all + one);
console.log(`Node.js for ${process.arch} says ${sum} and ${ms("1d")}`);
