import { BROWSER_MAP, getParser, OS_MAP } from 'bowser';
import { brandsIn, type ClientHints } from './client-hints.js';
import { isBrowser, isPadAsMac } from './device.js';

/** Returns the operating system without its version. */
export function osOf(agent: string, { platform }: ClientHints): string | undefined {
  const system = nameOf(SYSTEMS, agent);
  if (system !== undefined) return system;
  if (isPadAsMac(agent)) return 'iOS';
  const hinted = PLATFORMS.get(platform.toLowerCase());
  // Linux is what Tizen and others say, too, whose agents have a name of their own.
  if (agent === '' || (hinted !== undefined && hinted !== 'Linux')) return hinted;
  return known(OPERATING_SYSTEMS, getParser(agent, true).getOSName()) ?? hinted;
}

type Name = readonly [string, RegExp];

/** Systems that also look like another system, the more particular first. */
const SYSTEMS: readonly Name[] = [
  ['PlayStation', /playstation/i],
  ['Xbox', /\bxbox\b/i],
  ['Nintendo', /nintendo/i],
  ['tvOS', /apple ?tv|\btvos\b/i],
  ['watchOS', /watch ?os|apple ?watch|\bwatch\d/i],
  ['Fire OS', /\baft[a-z]{1,8}\d{0,3}\b|\bkf[a-z]{2,6}\b/i],
  ['Roku', /\broku\b/i],
  ['webOS', /web0s|webos/i],
  ['VIDAA', /\bvidaa\b/i],
  ['KaiOS', /\bkaios\b/i],
];
/** Sec-CH-UA-Platform, in lower case, and the name that the same system has without it. */
const PLATFORMS: ReadonlyMap<string, string> = new Map([
  ['android', 'Android'],
  ['chrome os', 'Chrome OS'],
  ['chromium os', 'Chrome OS'],
  ['ios', 'iOS'],
  ['linux', 'Linux'],
  ['macos', 'macOS'],
  ['windows', 'Windows'],
]);

const nameOf = (names: readonly Name[], agent: string): string | undefined =>
  names.find(([, pattern]) => pattern.test(agent))?.[0];

/** The names that the library knows. Other names it copies from the agent unchecked. */
const BROWSERS: ReadonlySet<string> = new Set(
  Object.values<string>(BROWSER_MAP).filter((name) => name !== BROWSER_MAP.generic),
);
const OPERATING_SYSTEMS: ReadonlySet<string> = new Set(Object.values<string>(OS_MAP));

const known = (names: ReadonlySet<string>, name: string): string | undefined =>
  names.has(name) ? name : undefined;

/** Apps that show pages in a browser of their own. */
const IN_APP: readonly Name[] = [
  ['Instagram', /\binstagram\b/i],
  ['Facebook', /\bFB(?:AN|AV|_IAB)\b/],
  ['TikTok', /musical_ly|\btrill_|bytedancewebview|\btiktok\b/i],
  ['Snapchat', /\bsnapchat\//i],
  ['LinkedIn', /\blinkedinapp\b/i],
  ['Pinterest', /\bpinterest\//i],
  ['X', /\btwitter for /i],
  ['LINE', /\bline\/\d/i],
  ['KakaoTalk', /\bkakaotalk\b/i],
  ['Android WebView', /; wv\)/],
];

/** Returns the browser without its version; undefined for apps and libraries. */
export function browserOf(agent: string, { brands }: ClientHints): string | undefined {
  if (!isBrowser(agent)) return undefined;
  const inApp = nameOf(IN_APP, agent);
  if (inApp !== undefined) return inApp;
  const parser = getParser(agent, true, { brands: [...brandsIn(brands)] });
  return known(BROWSERS, parser.getBrowserName());
}
