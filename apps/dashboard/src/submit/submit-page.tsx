import type { BatchView, Profile } from '@image-studio/contract';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { batchHash } from '../ui/route.ts';
import { FaultList } from './fault-list.tsx';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { OptionFields } from './option-fields.tsx';
import type { Fault } from './parse-lines.ts';
import { type FormOptions, readSubmission } from './read-submission.ts';
import './submit-page.css';

const FIRST_OPTIONS: FormOptions = {
  name: '',
  profile: 'web',
  main: true,
  extraPrompt: '',
  secondary: false,
  kinds: [],
  budgetUsd: '',
};

/** The form for a new batch. Faults stand beside what they are about; nothing typed is lost by one. */
export function SubmitPage({ studio: { client } }: { studio: Studio }) {
  const [text, setText] = useState('');
  const [options, setOptions] = useState(FIRST_OPTIONS);
  const [profiles, setProfiles] = useState<Profile[]>([]);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [busy, setBusy] = useState(false);
  const keyFor = useRef(createIdempotencyKeys());

  useEffect(() => {
    const ending = new AbortController();
    // Without the list the form still works: the default profile needs no list.
    client.get<{ items: Profile[] }>('profiles', ending.signal).then(
      ({ items }) => setProfiles(items),
      () => {},
    );
    return () => ending.abort();
  }, [client]);

  async function submit(): Promise<void> {
    const submission = readSubmission(text, options);
    setProblem(null);
    setFaults(submission.ok ? [] : submission.faults);
    if (!submission.ok) return;
    setBusy(true);
    try {
      const headers = { 'idempotency-key': keyFor.current(JSON.stringify(submission.body)) };
      const { id } = await client.post<BatchView>('batches', submission.body, headers);
      location.hash = batchHash(id);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { errors } = error.problem;
      if (errors?.length)
        setFaults(errors.map((fault) => ({ ...fault, path: submission.where(fault.path) })));
      else setProblem(error);
      setBusy(false);
    }
  }

  return (
    <form
      class="submit"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{translate('newBatch')}</h1>
      <div class="submit-text">
        <label for="skus">{translate('formSkus')}</label>
        <p class="small soft" id="skus-hint">
          {translate('formSkusHint')}
        </p>
        <textarea
          id="skus"
          rows={14}
          spellcheck={false}
          aria-describedby="skus-hint"
          aria-invalid={faults.length > 0}
          placeholder={
            'SHOE-1 https://photos.example/shoe-1.jpg https://photos.example/shoe-2.jpg\n10012 https://photos.example/10012.png'
          }
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <FaultList faults={faults} />
        {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      </div>
      <div class="submit-options">
        <OptionFields
          options={options}
          profiles={profiles}
          onChange={(change) => setOptions((current) => ({ ...current, ...change }))}
        />
        <button type="submit" class="primary" disabled={busy}>
          {translate(busy ? 'submitting' : 'submit')}
        </button>
      </div>
    </form>
  );
}
