import type { BatchView, Profile, SampleChange } from '@image-studio/contract';
import { useEffect, useState } from 'preact/hooks';
import type { BatchActions } from '../batch/batch-actions.ts';
import type { Studio } from '../studio.ts';
import { useModels } from '../submit/form/use-models.ts';
import { profileTitle } from '../text/profile-title.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { type ChangeDraft, changeOf, draftOfOptions } from './change-draft.ts';

/** Other words, another profile or model: for the sample again, or for the rest. */
export function ChangeDialog(props: {
  client: Studio['client'];
  path: string;
  actions: BatchActions;
  onClose: () => void;
}) {
  const { client, path, actions, onClose } = props;
  const models = useModels(client);
  const [profiles, setProfiles] = useState<readonly Profile[]>([]);
  const [before, setBefore] = useState<ChangeDraft | null>(null);
  const [draft, setDraft] = useState<ChangeDraft | null>(null);
  const [apply, setApply] = useState<SampleChange['apply']>('sample');
  useEffect(() => {
    const ending = new AbortController();
    client.get<{ items: Profile[] }>('profiles', ending.signal).then(
      ({ items }) => setProfiles(items),
      () => {},
    );
    client.get<BatchView>(path, ending.signal).then(
      ({ made }) => {
        const known = draftOfOptions(made?.options ?? {});
        setBefore(known);
        setDraft(known);
      },
      () => {},
    );
    return () => ending.abort();
  }, []);
  const set = (change: Partial<ChangeDraft>): void => setDraft((known) => known && { ...known, ...change });
  const change = before && draft ? changeOf(before, draft) : {};
  const words = (name: 'extraPrompt' | 'mainPrompt' | 'secondaryPrompt', label: string) =>
    draft?.[name] !== undefined && (
      <label class="sample-field">
        {label}
        <textarea
          rows={2}
          maxLength={8000}
          value={draft[name]}
          onInput={(event) => set({ [name]: event.currentTarget.value })}
        />
      </label>
    );
  return (
    <Confirm
      title={translate('sampleChangeTitle')}
      yes={translate('sampleChangeNow')}
      no={translate('close')}
      isReady={Object.keys(change).length > 0}
      act={() => actions.changeSample({ ...change, apply })}
      onClose={onClose}
    >
      <p class="soft small">{translate('sampleChangeHint')}</p>
      {words('extraPrompt', translate('sampleExtra'))}
      {words('mainPrompt', translate('sampleMainPrompt'))}
      {words('secondaryPrompt', translate('sampleSecondaryPrompt'))}
      {draft && draft.profile !== '' && profiles.length > 0 && (
        <label class="sample-field">
          {translate('sampleProfile')}
          <select value={draft.profile} onChange={(event) => set({ profile: event.currentTarget.value })}>
            {profiles.map((profile) => (
              <option key={profile.id} value={profile.id}>
                {profileTitle(profile)}
              </option>
            ))}
          </select>
        </label>
      )}
      {draft && models.length > 1 && (
        <label class="sample-field">
          {translate('sampleModel')}
          <select value={draft.model} onChange={(event) => set({ model: event.currentTarget.value })}>
            {models.map(({ alias, model, isDefault }) => (
              <option key={alias} value={isDefault ? '' : alias}>{`${alias} · ${model}`}</option>
            ))}
          </select>
        </label>
      )}
      <fieldset class="sample-apply">
        <legend>{translate('sampleApply')}</legend>
        {(['sample', 'rest'] as const).map((to) => (
          <label key={to}>
            <input type="radio" name="sample-apply" checked={apply === to} onChange={() => setApply(to)} />
            {translate(to === 'sample' ? 'sampleApplySample' : 'sampleApplyRest')}
          </label>
        ))}
      </fieldset>
    </Confirm>
  );
}
