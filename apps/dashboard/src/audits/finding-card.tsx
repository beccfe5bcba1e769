import type { Finding } from '@image-studio/contract';
import type { ComponentChildren } from 'preact';
import { formatDate } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { findingSentence } from './finding-sentence.ts';

/** One demand that pictures fail: how many, since when, where it is written, and some of the pictures. */
export function FindingCard({
  finding,
  onMakeBatch,
}: {
  finding: Finding;
  onMakeBatch: (() => void) | null;
}) {
  const { level, from, count, mainOnly, source, examples } = finding;
  return (
    <li class={`audit-finding audit-finding-${level}`}>
      <div class="audit-finding-head">
        <h3>{findingSentence(finding)}</h3>
        <span class="audit-tags">
          <span class={`audit-tag audit-tag-${from === null ? level : 'later'}`}>
            {from !== null
              ? translate('auditFrom', { date: formatDate(from, language.get()) })
              : translate(level === 'refused' ? 'auditRefused' : 'auditAdvice')}
          </span>
          {mainOnly && <span class="audit-tag">{translate('auditMainOnly')}</span>}
        </span>
      </div>
      <p>
        <b>{translate('auditPictures', { n: count })}</b>
      </p>
      <ul class="audit-examples">
        {examples.map(({ index, url, sku, thumbUrl }) => (
          <li key={index}>
            <a href={url} target="_blank" rel="noreferrer" title={url}>
              {thumbUrl === null ? (
                <span class="audit-no-picture small soft">{translate('noPicture')}</span>
              ) : (
                <img src={thumbUrl} alt="" loading="lazy" />
              )}
              <span class="small audit-sku">{sku}</span>
            </a>
          </li>
        ))}
      </ul>
      <div class="audit-finding-foot">
        {source !== null && (
          <details class="small soft">
            <summary>{translate('auditSource')}</summary>
            {linked(source)}
          </details>
        )}
        {onMakeBatch && (
          <button type="button" onClick={onMakeBatch}>
            {translate('auditMakeBatch')}
          </button>
        )}
      </div>
    </li>
  );
}

/** Addresses stand in the words without `https://`. */
const ADDRESS = /((?:[\w-]+\.)+[a-z]{2,}\/[^\s;,)]*)/;

function linked(words: string): ComponentChildren[] {
  return words.split(ADDRESS).map((part) =>
    ADDRESS.test(part) ? (
      <a key={part} href={`https://${part}`} target="_blank" rel="noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
