/** How Chromium is started, for journeys, measurements and pictures. */

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const named = process.env["TRAINYARD_CHROMIUM"];

export const CHROMIUM = { args: ARGS, ...(named === undefined ? {} : { executablePath: named }) };
