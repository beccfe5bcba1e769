import type { BatchView, Profile, SkuInput } from '@image-studio/contract';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { HelpLink } from '../help/help-link.tsx';
import type { Studio } from '../studio.ts';
import submit from '../text/en/submit.json' with { type: 'json' };
import { learnTexts } from '../text/messages.ts';
import { translate } from '../text/translate.ts';
import { batchHash } from '../ui/batch-hash.ts';
import { navigate } from '../ui/navigate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useTitle } from '../ui/use-title.ts';
import { clearDraft, keepDraft, readDraft } from './draft.ts';
import { FaultLines } from './faults/fault-lines.tsx';
import { FaultList } from './faults/fault-list.tsx';
import { faultsBeside } from './faults/faults-beside.ts';
import type { Fault } from './faults/parse-lines.ts';
import type { FormOptions } from './form/form-options.ts';
import { KindPicker } from './form/kind-picker.tsx';
import { MoreFields } from './form/more-fields.tsx';
import { PresetPicker } from './form/preset-picker.tsx';
import { ProfilePicker } from './form/profile-picker.tsx';
import { PromptFields } from './form/prompt-fields.tsx';
import { useModels } from './form/use-models.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { QuoteBox } from './quote-box.tsx';
import { readSubmission } from './source/read-submission.ts';
import type { Source } from './source/source.ts';
import { SourceInput } from './source/source-input.tsx';
import { SourcePreview } from './source/source-preview.tsx';
import { SourceWarnings } from './source/source-warnings.tsx';
import {
  type ColumnUse,
  rememberColumns,
  rememberedColumns,
  type TableChoice,
  withUse,
} from './source/table-choice.ts';
import { TableTools } from './source/table-tools.tsx';
import { textKind } from './source/text-kind.ts';
import { type Preview, useCheck } from './source/use-check.ts';
import './submit-page.css';

learnTexts(submit);

/** So many show whether photos, profile and words are right, for a few cents. */
const TRY_FIRST = 10;

/** The form for a new batch: what, for which marketplace, which pictures, for how much. Nothing typed is lost. */
export function SubmitPage({ studio: { client } }: { studio: Studio }) {
  const [source, setSource] = useState<Source>(() => readDraft().source);
  const [choice, setChoice] = useState<TableChoice>(() => readDraft().choice);
  const [options, setOptions] = useState(() => readDraft().options);
  const profiles = useProfiles(client);
  const models = useModels(client);
  const check = useCheck(client, source, options, choice);
  const [refused, setRefused] = useState<{ faults: Fault[]; problem: ProblemError | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const keyFor = useRef(createIdempotencyKeys());
  const change = (some: Partial<FormOptions>): void => setOptions((current) => ({ ...current, ...some }));
  useEffect(() => setRefused(null), [source, options, choice]);
  const known = useRef(source.table?.id);
  useEffect(() => {
    // Another file; what was chosen for this one stays when the page comes back.
    if (known.current !== source.table?.id) setChoice({});
    known.current = source.table?.id;
  }, [source.table?.id]);
  useEffect(() => keepDraft({ source, choice, options }), [source, choice, options]);
  useTitle(translate('newBatch'));
  useRememberedColumns(check.preview, choice, setChoice);

  const kind = source.photos ? 'photos' : source.table ? 'table' : textKind(source.text);
  const faults = unique([...check.faults, ...(refused?.faults ?? [])]);
  const problem = refused?.problem ?? check.problem;
  const attributes = (check.preview?.columns ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));

  /** Columns chosen by hand make it any table, whatever was chosen for it before. */
  function chooseColumns(columns: ColumnUse[] | null): void {
    rememberColumns(headingsOf(check.preview), columns);
    const { columns: _, dialect: __, ...others } = choice;
    setChoice(columns === null ? others : { ...others, columns });
  }
  function chooseColumn(place: number, use: ColumnUse): void {
    const uses = (check.preview?.columns ?? []).map(({ is }) => is);
    chooseColumns(withUse(uses, place, use));
  }

  const setSkus = useCallback(
    (skus: SkuInput[] | null) =>
      setSource((known) => (known.photos ? { ...known, photos: { ...known.photos, skus } } : known)),
    [],
  );

  function clear(): void {
    const { source, choice, options } = clearDraft();
    setSource(source);
    setChoice(choice);
    setOptions(options);
  }

  async function submit(change: Partial<FormOptions> = {}): Promise<void> {
    const submission = readSubmission(source, { ...options, ...change }, choice);
    if (kind === 'empty') {
      setRefused({ faults: [{ path: 'skus', message: translate('nothingPasted') }], problem: null });
      document.getElementById('skus')?.focus();
    }
    if (!submission.ok && kind === 'photos') {
      setRefused({ faults: [{ path: 'photos', message: translate('photosWaiting') }], problem: null });
    }
    if (!submission.ok) return;
    const { query, body, bodyId, contentType, where } = submission;
    setBusy(true);
    try {
      const headers = { 'idempotency-key': keyFor.current(query + bodyId) };
      const { id } = await client.submit<BatchView>(`batches${query}`, body, { contentType, headers });
      clearDraft();
      navigate(batchHash(id));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const found = (error.problem.errors ?? []).map((fault) => ({ ...fault, path: where(fault.path) }));
      setRefused({ faults: found, problem: found.length > 0 ? null : error });
      setBusy(false);
    }
  }

  return (
    <form
      class="submit"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{translate('newBatch')}</h1>
      <div class="submit-main">
        <section class="submit-part">
          <SourceInput
            {...{ client, source, kind }}
            isFaulty={faults.length > 0}
            onChange={setSource}
            onPhotos={setSkus}
          />
          <div class={kind === 'empty' ? '' : 'submit-found'}>
            <FaultList faults={faultsBeside(faults, 'source')} />
            {check.preview && (
              <>
                {check.faults.length === 0 && <SourceWarnings warnings={check.preview.warnings} />}
                <TableTools
                  {...{ choice }}
                  preview={check.preview}
                  faults={check.faults}
                  onChoose={(change) => setChoice((known) => toChoice({ ...known, ...change }))}
                />
                <SourcePreview
                  preview={check.preview}
                  isChosen={choice.columns !== undefined}
                  onChoose={check.preview.format === 'json' ? undefined : chooseColumn}
                  onReset={() => chooseColumns(null)}
                />
              </>
            )}
          </div>
        </section>
        <section class="submit-part">
          <div class="field-label">
            <h2 id="profiles-title">{translate('formProfile')}</h2>
            <HelpLink about="setting_profile" name={translate('formProfile')} />
          </div>
          <ProfilePicker
            {...{ profiles }}
            chosen={options.profile}
            onChoose={(profile) => change({ profile })}
          />
          <FaultLines faults={faultsBeside(faults, 'profile')} />
        </section>
        <section class="submit-part">
          <div class="field-label">
            <h2>{translate('formImages')}</h2>
            <HelpLink about="setting_kinds" name={translate('formImages')} />
          </div>
          <KindPicker main={options.main} kinds={options.kinds} onChange={change} />
          <FaultLines
            faults={unique([...faultsBeside(faults, 'main'), ...faultsBeside(faults, 'secondary')])}
          />
          <PromptFields {...{ options, attributes }} onChange={change} />
        </section>
      </div>
      <div class="submit-side">
        <MoreFields {...{ options, models, faults }} onChange={change} />
        <PresetPicker options={options} onChange={change} />
        <QuoteBox check={check} budgetUsd={options.budgetUsd} />
        {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
        {options.sample.trim() === '' && (check.preview?.skus ?? 0) > TRY_FIRST && (
          <button type="button" disabled={busy} onClick={() => void submit({ sample: String(TRY_FIRST) })}>
            {translate('tryFirst', { n: TRY_FIRST })}
          </button>
        )}
        <button type="submit" class="primary submit-button" aria-busy={busy} disabled={busy}>
          {translate(busy ? 'submitting' : 'submit')}
        </button>
        {kind !== 'empty' && (
          <button type="button" onClick={clear}>
            {translate('draftClear')}
          </button>
        )}
      </div>
    </form>
  );
}

/** `null` until they are there. Without them the form still works: the default profile needs no list. */
function useProfiles(client: Studio['client']): Profile[] | null {
  const [profiles, setProfiles] = useState<Profile[] | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    client.get<{ items: Profile[] }>('profiles', ending.signal).then(
      ({ items }) => setProfiles(items),
      () => setProfiles((known) => known ?? []),
    );
    return () => ending.abort();
  }, [client]);
  return profiles;
}

/** What was chosen for the same headings last time is chosen again; it is said, and can be taken back. */
function useRememberedColumns(
  preview: Preview | null,
  choice: TableChoice,
  setChoice: (choice: TableChoice) => void,
): void {
  const headings = headingsOf(preview);
  const key = headings.join('\t');
  useEffect(() => {
    if (key === '' || choice.columns !== undefined || choice.dialect !== undefined) return;
    const columns = rememberedColumns(headings);
    if (columns !== null) setChoice({ ...choice, columns });
  }, [key]);
}

const headingsOf = (preview: Preview | null): string[] =>
  preview === null || preview.format === 'json' ? [] : preview.columns.map(({ heading }) => heading);

/** An empty list of columns takes the choice of columns back. */
function toChoice({ columns, ...others }: TableChoice): TableChoice {
  return columns === undefined || columns.length === 0 ? others : { ...others, columns };
}

function unique(faults: Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.path} ${fault.message}`, fault])).values()];
}
