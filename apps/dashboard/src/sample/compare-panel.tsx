import type { Comparison, SampleChange } from '@image-studio/contract';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { ProblemError } from '../api/problem-error.ts';
import { localUrl } from '../sku/local-url.ts';
import type { Studio } from '../studio.ts';
import { formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Picture } from '../ui/picture.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';

type Verdict = NonNullable<Comparison['verdict']>;

/** The sample as each model made it, one SKU at a time and without their names; one key per choice. Then the verdict. */
export function ComparePanel(props: {
  client: Studio['client'];
  path: string;
  self: string | undefined;
  comparison: Comparison;
  /** Reads it anew; with the verdict also before all is judged. */
  onRefresh: (withVerdict: boolean) => void;
  onTake: (change: SampleChange) => Promise<unknown>;
}) {
  const { client, path, self, comparison, onRefresh, onTake } = props;
  const { skus, verdict } = comparison;
  const isAllowed = useContext(MayChange);
  const [mine, setMine] = useState<Readonly<Record<string, number>>>({});
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const section = useRef<HTMLFieldSetElement>(null);
  const choiceOf = (sku: string, kept: number | null): number | null => mine[sku] ?? kept;
  const judged = skus.filter(({ sku, choice }) => choiceOf(sku, choice) !== null).length;
  const current = skus.find(
    ({ sku, choice, sides }) =>
      choiceOf(sku, choice) === null && sides.filter((side) => side.length > 0).length > 1,
  );
  useEffect(() => section.current?.focus({ preventScroll: true }), []);
  const fail = (error: unknown): void => void (error instanceof ProblemError && setProblem(error));

  const choose = (choice: number): void => {
    if (!current || !isAllowed || choice > current.sides.length) return;
    const { sku } = current;
    setProblem(null);
    setMine((known) => ({ ...known, [sku]: choice }));
    client.put(`${path}/sample/choices/${encodeURIComponent(sku)}`, { choice }).then(
      () => onRefresh(false),
      (error: unknown) => {
        setMine(({ [sku]: _, ...known }) => known);
        fail(error);
      },
    );
  };

  return (
    <fieldset
      ref={section}
      class="compare"
      tabIndex={-1}
      aria-label={translate('compareTitle')}
      onKeyDown={(event) => {
        if (!/^[0-4]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        choose(Number(event.key));
      }}
    >
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      {verdict ? (
        <VerdictTable
          verdict={verdict}
          isAllowed={isAllowed}
          onTake={(model) => onTake({ model, apply: 'all' }).catch(fail)}
        />
      ) : (
        current && (
          <>
            <p class="compare-line">
              <b>{current.sku}</b>
              <span class="small soft" role="status">
                {translate('compareJudged', { judged, total: skus.length })}
              </span>
              <button type="button" class="compare-none" disabled={!isAllowed} onClick={() => choose(0)}>
                {translate('compareNone')} <kbd>0</kbd>
              </button>
              <button type="button" onClick={() => onRefresh(true)}>
                {translate('compareShowVerdict')}
              </button>
            </p>
            <div class="compare-sides">
              {current.photoUrl !== undefined && (
                <div class="compare-side">
                  <Picture
                    url={localUrl(current.photoUrl, self)}
                    alt=""
                    caption={translate('comparePhoto')}
                  />
                </div>
              )}
              {current.sides.map((side, place) => (
                <button
                  key={`${current.sku} ${place}`}
                  type="button"
                  class="compare-side"
                  disabled={!isAllowed}
                  aria-label={translate('compareTake', { n: place + 1 })}
                  onClick={() => choose(place + 1)}
                >
                  {side.length === 0 && <Picture url={null} alt="" caption={null} />}
                  {side.map(({ url, slot }) => (
                    <Picture key={slot} url={localUrl(url, self)} alt="" caption={null} />
                  ))}
                  <kbd>{place + 1}</kbd>
                </button>
              ))}
            </div>
          </>
        )
      )}
    </fieldset>
  );
}

function VerdictTable(props: { verdict: Verdict; isAllowed: boolean; onTake: (model: string) => void }) {
  const { models, equal, share, isDecided } = props.verdict;
  const [first] = models;
  return (
    <>
      <p role="status">
        <b>
          {isDecided
            ? translate('compareDecided', { model: first?.model ?? '' })
            : translate('compareNotDecided')}
        </b>{' '}
        {share && (
          <span class="small soft">
            {translate('compareShare', {
              model: first?.model ?? '',
              share: percent(share.value),
              low: percent(share.low),
              high: percent(share.high),
            })}{' '}
            {translate('compareEqual', { equal })}
          </span>
        )}
      </p>
      <ul class="compare-models">
        {models.map(({ model, wins, costUsd, pictures }) => (
          <li key={model}>
            <b>{model}</b>
            <span class="small soft">
              {translate('compareWins', { wins })} · {formatUsd(pictures === 0 ? 0 : costUsd / pictures)}{' '}
              {translate('comparePerPicture')}
            </span>
            {props.isAllowed && (
              <button
                type="button"
                class={isDecided && model === first?.model ? 'primary' : ''}
                onClick={() => props.onTake(model)}
              >
                {translate('compareTakeModel', { model })}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
