import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';

/** The browser's own knowledge of a playback, by which reports are measured. */
export interface Playback {
  /** The ranges of the media that were shown, in seconds of the media. */
  readonly played: readonly (readonly [start: number, end: number])[];
  /** Twenty looks a second: epoch in ms, position in s, and whether it was meant to move. */
  readonly looks: readonly (readonly [atMs: number, position: number, meantToMove: boolean])[];
}

/** Runs in every page beside the player, and independently of its reporter. */
const lookScript = `
  window.looks = [];
  setInterval(() => {
    const video = document.querySelector('video');
    if (!video) return;
    const meantToMove = !video.paused && !video.seeking && !video.ended;
    window.looks.push([Date.now(), video.currentTime, meantToMove]);
  }, 50);`;

const playbackScript = `(() => {
  const video = document.querySelector('video');
  const { played } = video;
  const ranges = Array.from({ length: played.length }, (_, i) => [played.start(i), played.end(i)]);
  return { played: ranges, looks: window.looks };
})()`;

/** The setting in which a viewer watches. */
export interface Setting {
  readonly name: string;
  /** Undefined for an anonymous viewer. */
  readonly userId?: string;
  /** The size of the player in CSS pixels; larger qualities are not asked for. */
  readonly size: { readonly width: number; readonly height: number };
  /** Seconds of media that the player keeps ahead. */
  readonly bufferSeconds: number;
  /** The level of the ladder at which the player begins. */
  readonly startLevel: number;
}

/** A viewer in front of one player, in a browser page of their own. */
export class Viewer {
  readonly #page: Page;
  #playbackAtLeaving: Playback | undefined;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async sitDown(browser: Browser, origin: string, scenario: Setting): Promise<Viewer> {
    const page = await browser.newPage({ viewport: scenario.size });
    await page.addInitScript(lookScript);
    await page.goto(`${origin}/player.html?${pageQuery(scenario)}`);
    return new Viewer(page);
  }

  /** Watches up to a second of the media. */
  async until(second: number): Promise<void> {
    await this.#page.waitForFunction(
      `document.querySelector('video').currentTime >= ${String(second)}`,
      undefined,
      { polling: 50, timeout: 90_000 },
    );
  }

  async pause(seconds: number): Promise<void> {
    await this.#page.evaluate(`document.querySelector('video').pause()`);
    await sleep(seconds * 1000);
    await this.#page.evaluate(`document.querySelector('video').play()`);
  }

  async seek(second: number): Promise<void> {
    await this.#page.evaluate(`document.querySelector('video').currentTime = ${String(second)}`);
  }

  /** Leaves for another page, as a click on a link does. */
  async leave(): Promise<void> {
    this.#playbackAtLeaving = await this.playback();
    await this.#page.goto('about:blank');
  }

  async playback(): Promise<Playback> {
    return this.#playbackAtLeaving ?? (await this.#page.evaluate<Playback>(playbackScript));
  }

  async close(): Promise<void> {
    await this.#page.close();
  }
}

function pageQuery({ name, userId, bufferSeconds, startLevel }: Setting): string {
  const hls = {
    startLevel,
    capLevelToPlayerSize: true,
    maxBufferLength: bufferSeconds,
    maxMaxBufferLength: bufferSeconds,
  };
  const query = new URLSearchParams({
    src: `/media/${name}/master.m3u8`,
    media: name,
    hls: JSON.stringify(hls),
  });
  if (userId !== undefined) query.set('user', userId);
  return query.toString();
}
