import type { Eta } from '@image-studio/contract';
import { type Language, language } from './translate.ts';

/** US dollars: cents, or as many digits as one call's price needs. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** `$1.20 – $1.40`, or one figure when both ends read the same. */
export function formatUsdRange({ low, high }: { low: number; high: number }): string {
  const [from, to] = [formatUsd(low), formatUsd(high)];
  return from === to ? from : `${from} – ${to}`;
}

export function formatCount(count: number): string {
  return COUNTS.format(count);
}

/** Made once: making one takes longer than drawing a card. */
const COUNTS = new Intl.NumberFormat('en-US');
const TIMES = timesIn({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const DATES = timesIn({ year: 'numeric', month: 'short', day: 'numeric' });

function timesIn(how: Intl.DateTimeFormatOptions): Record<Language, Intl.DateTimeFormat> {
  return { en: new Intl.DateTimeFormat('en-GB', how), zh: new Intl.DateTimeFormat('zh-CN', how) };
}

/** `820 kB`, in steps of 1000 like marketplaces' limits. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Units of time as the page's language has them. */
const UNITS: Record<Language, { ms: string; s: string; min: string; h: string }> = {
  en: { ms: 'ms', s: 's', min: 'min', h: 'h' },
  zh: { ms: '毫秒', s: '秒', min: '分钟', h: '小时' },
};

/** `420 ms`, `8.2 s`, `3 min`. */
export function formatMs(ms: number): string {
  const units = UNITS[language.get()];
  if (ms < 1_000) return `${Math.round(ms)} ${units.ms}`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} ${units.s}` : formatSeconds(ms / 1_000);
}

/** `45 s`, `3 min`, `2 h 10 min`: no finer than an estimate deserves. */
export function formatSeconds(seconds: number): string {
  const { s, min, h } = UNITS[language.get()];
  if (seconds < 60) return `${Math.ceil(seconds)} ${s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} ${min}`;
  const hours = `${Math.floor(minutes / 60)} ${h}`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} ${min}`;
}

/** `3 min – 5 min`, or one figure when both ends read the same. */
export function formatEta({ lowSeconds, highSeconds }: Eta): string {
  const [low, high] = [formatSeconds(lowSeconds), formatSeconds(highSeconds)];
  return low === high ? low : `${low} – ${high}`;
}

/** Local date and time, short. */
export function formatTime(iso: string, language: Language): string {
  return inWords(TIMES[language], iso);
}

/** Local date with its year: `21 Feb 2027`. */
export function formatDate(iso: string, language: Language): string {
  return inWords(DATES[language], iso);
}

/** What is no time is shown as it came. */
function inWords(how: Intl.DateTimeFormat, iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? iso : how.format(new Date(iso));
}
