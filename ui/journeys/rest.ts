/** Waiting until a page has done what it was about to do. */
import type { Page } from "@playwright/test";

/** Until the address has been the same for a while: it follows a moment after the last change. */
export async function addressRests(page: Page): Promise<void> {
  for (let before = ""; before !== page.url();) {
    before = page.url();
    await page.waitForTimeout(600);
  }
}

/** Counts the searches that are on their way; gives what waits until there has been none for a while. */
export function watchSearches(page: Page): () => Promise<void> {
  let open = 0;
  let last = Date.now();
  const change = (by: number) => (request: { url: () => string }) => {
    if (!request.url().endsWith("/search")) return;
    open += by;
    last = Date.now();
  };
  page.on("request", change(1));
  page.on("requestfinished", change(-1));
  page.on("requestfailed", change(-1));
  return async () => {
    while (open > 0 || Date.now() - last < 600) await page.waitForTimeout(100);
  };
}
