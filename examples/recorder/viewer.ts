import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Line } from './line.js';
import type { Note } from './note.js';

/** Longer than any scenario waits for anything: after that, something is stuck. */
const WAIT_MS_MAX = 120_000;
const POLL_MS = 50;
/** Beacons outlive their page, but not the window that it was in. */
const BEACON_SECONDS = 1;
/** Further on than that, a position is still one from before. */
const PASSED_SECONDS_MAX = 5;

const MEDIA = `document.querySelector('video, audio')`;
/** What was noted since the page last loaded a title. */
const SINCE_LOAD = `window.notes.slice(
  window.notes.findLastIndex(({ name }) => name === 'request' || name === 'load'))`;

/** A viewer in front of one player, in a browser window of their own. */
export class Viewer {
  private notes: readonly Note[] = [];
  /** What the page said in its console. */
  readonly said: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly page: Page,
    private readonly line: Line,
  ) {
    page.on('console', (message) => this.said.push(message.text()));
    page.on('pageerror', (error) => this.said.push(error.message));
  }

  static async sitDown(
    browser: Browser,
    address: string,
    line: Line,
    viewport = { width: 640, height: 360 },
  ): Promise<Viewer> {
    const context = await browser.newContext({ viewport });
    const viewer = new Viewer(context, await context.newPage(), line);
    await viewer.page.goto(address);
    await viewer.holds('window.player !== undefined');
    return viewer;
  }

  async sleep(seconds: number): Promise<void> {
    await sleep(seconds * 1_000);
  }

  /** Watches up to a second of the title. */
  async until(second: number): Promise<void> {
    await this.holds(`${SINCE_LOAD}.some(({ name }) => name === 'playing') &&
      ${MEDIA}.currentTime >= ${String(second)} &&
      ${MEDIA}.currentTime < ${String(second + PASSED_SECONDS_MAX)}`);
  }

  /** Watches until the element plays. */
  async plays(): Promise<void> {
    await this.holds(`${SINCE_LOAD}.some(({ name }) => name === 'playing')`);
  }

  /** Watches until something has happened so many times since the title was loaded. */
  async sees(name: string, times = 1): Promise<void> {
    await this.holds(
      `${SINCE_LOAD}.filter(({ name }) => name === '${name}').length >= ${String(times)}`,
    );
  }

  /** Watches until the picture stands still, once it moved, or the player has given up. */
  async stalls(): Promise<void> {
    await this.plays();
    await this.holds(`${SINCE_LOAD}.some(({ name, position, seeking }) =>
      (name === 'waiting' && position > 1 && !seeking) || name === 'error')`);
  }

  play(): Promise<unknown> {
    return this.page.evaluate(`${MEDIA}.play()`);
  }

  pause(): Promise<unknown> {
    return this.page.evaluate(`${MEDIA}.pause()`);
  }

  seek(second: number): Promise<unknown> {
    return this.page.evaluate(`${MEDIA}.currentTime = ${String(second)}`);
  }

  speedUp(rate: number): Promise<unknown> {
    return this.page.evaluate(`${MEDIA}.playbackRate = ${String(rate)}`);
  }

  /** Lets the page load its second title. */
  next(): Promise<unknown> {
    return this.page.evaluate('window.player.begin(1)');
  }

  /** Lets through what the line withheld. */
  release(): void {
    this.line.release();
  }

  /** Leaves for another page, as a click on a link does. */
  async leave(): Promise<void> {
    await this.takeNotes();
    await this.page.goto('about:blank');
  }

  /** Closes the window, once what it sent as it went has left; returns what was noted in it. */
  async close(lastWord: () => Promise<readonly Note[]>): Promise<readonly Note[]> {
    if (this.notes.length === 0) await this.takeNotes();
    // As somebody closes a tab: the page is told.
    const closed = this.page.waitForEvent('close');
    await this.page.close({ runBeforeUnload: true });
    await closed;
    const last = await lastWord();
    await this.sleep(BEACON_SECONDS);
    await this.context.close();
    return [...this.notes, ...last];
  }

  private async takeNotes(): Promise<void> {
    this.notes = await this.page.evaluate<Note[]>('window.takeNotes()');
  }

  private async holds(condition: string): Promise<void> {
    const options = { polling: POLL_MS, timeout: WAIT_MS_MAX };
    await this.page.waitForFunction(condition, undefined, options);
  }
}
