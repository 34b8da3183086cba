/** Watching a page from inside: when something was drawn, how evenly frames came, what travelled, what is held in memory. */
import type { Browser, BrowserContext, CDPSession, Page } from "@playwright/test";

/** How a page was loaded: milliseconds from the start of the navigation. */
export interface Load {
  /** The first contentful paint, as the browser tells it. */
  paint: number;
  /** The frame after the one that had what was waited for. */
  rows: number;
  /** Bytes of all answers as they travelled, with their headers. */
  bytes: number;
  requests: number;
}

/** Opens an address with a cold cache and waits for what the selector finds. */
export async function load(browser: Browser, url: string, rows: string): Promise<Load> {
  const { page, close } = await coldPage(browser);
  try {
    await noteFirst(page, rows);
    const travelled = await watchNetwork(page);
    await page.goto(url, { waitUntil: "commit" });
    const at = await page.waitForFunction(() => (window as Noted).firstRows, undefined, { timeout: 120_000 });
    const [shown, paint] = [await at.jsonValue(), await firstPaint(page)];
    // Counted is what the page asks for to begin with, not what it asks for while it stands there.
    await page.waitForTimeout(1000);
    return { paint, rows: shown ?? NaN, ...travelled() };
  } finally {
    await close();
  }
}

/** A page with a cache, a storage and connections of its own. */
export async function coldPage(browser: Browser): Promise<{ page: Page; close: () => Promise<void> }> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return { page: await context.newPage(), close: () => context.close() };
}

/** Two moments, by the clock of the page. */
export interface Span {
  began: number;
  ended: number;
}

type Noted = Window & { firstRows?: number; timed?: Promise<Span> };

async function noteFirst(page: Page, selector: string): Promise<void> {
  await page.addInitScript((wanted: string) => {
    if (window !== window.top) return;
    const look = () => {
      if (document.querySelector(wanted) === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => ((window as Noted).firstRows = performance.now()));
    };
    requestAnimationFrame(look);
  }, selector);
}

async function firstPaint(page: Page): Promise<number> {
  return page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN);
}

/** Counts what the page gets from now on. */
async function watchNetwork(page: Page): Promise<() => { bytes: number; requests: number }> {
  const session = await page.context().newCDPSession(page);
  let [bytes, requests] = [0, 0];
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
    requests += 1;
  });
  await session.send("Network.enable");
  return () => ({ bytes, requests });
}

/** What has to be on the page: an element that a selector finds first, a text in it, and one that is not in it any more. */
export interface Awaited {
  selector: string;
  text: string;
  without?: string;
}

/**
 * From an event to the frame after the one that has what is waited for.
 *
 * The clock is that of the page: what it costs to drive the browser from outside is not in it.
 */
export async function timed(page: Page, event: string, act: () => Promise<unknown>, until: Awaited): Promise<Span> {
  await page.evaluate(
    ({ name, selector, text, without }) => {
      let began = NaN;
      addEventListener(name, (told) => (began = told.timeStamp), { capture: true, once: true });
      (window as Noted).timed = new Promise((resolve) => {
        const isThere = () => {
          const shown = document.querySelector(selector)?.textContent;
          return shown?.includes(text) === true && (without === undefined || !shown.includes(without));
        };
        const look = () => {
          const there = !Number.isNaN(began) && isThere();
          // The frame that has it is drawn when the next one begins.
          if (there) requestAnimationFrame(() => resolve({ began, ended: performance.now() }));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    },
    { name: event, ...until },
  );
  await act();
  return page.evaluate(() => (window as Noted).timed ?? { began: NaN, ended: NaN });
}

/** How long it took, in milliseconds. */
export async function taken(page: Page, event: string, act: () => Promise<unknown>, until: Awaited): Promise<number> {
  const { began, ended } = await timed(page, event, act, until);
  return ended - began;
}

export interface Frames {
  /** How many there should have been. */
  due: number;
  dropped: number;
  /** Milliseconds between two frames, at most. */
  longest: number;
  /** Share of the frames in which something in sight had no content yet. */
  waiting: number;
}

/** Scrolls an element at a steady speed, and back from its ends; `blank` finds what stands for rows that are not there yet. */
export async function scroll(
  page: Page,
  selector: string,
  { pixelsPerSecond, seconds, blank }: { pixelsPerSecond: number; seconds: number; blank?: string },
): Promise<Frames> {
  return page.evaluate(
    async ({ wanted, speed, time, missing }) => {
      const element = document.querySelector(wanted);
      if (element === null) throw new Error(`nothing to scroll: ${wanted}`);
      const box = element.getBoundingClientRect();
      const inSight = (one: Element) => {
        const { top, bottom } = one.getBoundingClientRect();
        return bottom > box.top && top < box.bottom;
      };
      const between: number[] = [];
      let [began, last, waiting] = [NaN, NaN, 0];
      element.scrollTop = 0;
      await new Promise<void>((resolve) => {
        const frame = (now: number) => {
          if (Number.isNaN(began)) began = now;
          else between.push(now - last);
          last = now;
          if (missing !== "" && [...element.querySelectorAll(missing)].some(inSight)) waiting += 1;
          const way = element.scrollHeight - element.clientHeight;
          const gone = (((now - began) / 1000) * speed) % (2 * way);
          element.scrollTop = gone < way ? gone : 2 * way - gone;
          if (now - began < time * 1000) requestAnimationFrame(frame);
          else resolve();
        };
        requestAnimationFrame(frame);
      });
      const due = 1000 / 60;
      const dropped = between.reduce((sum, one) => sum + Math.max(0, Math.round(one / due) - 1), 0);
      return {
        due: Math.round((last - began) / due),
        dropped,
        longest: Math.max(...between),
        waiting: waiting / (between.length + 1),
      };
    },
    { wanted: selector, speed: pixelsPerSecond, time: seconds, missing: blank ?? "" },
  );
}

/** Bytes of JavaScript objects in use, once what nobody refers to is gone. */
export async function heapOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(half)] ?? NaN)
    : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}
