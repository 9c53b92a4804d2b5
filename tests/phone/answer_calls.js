/* SPDX-License-Identifier: EUPL-1.2
   Runs the queue of the phone for the tests: a line of JSON in, a line of JSON out. */
const queue = require(process.argv[2]);

require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, ...values] = JSON.parse(line);
  console.log(JSON.stringify(queue[name](...values)));
});
