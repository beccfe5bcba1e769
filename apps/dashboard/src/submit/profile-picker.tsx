import type { Profile } from '@image-studio/contract';
import { formatBytes } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { ProfileFrame } from './profile-frame.tsx';
import './profile-picker.css';

/** The marketplaces, each with its frame and its limits; the chosen one also says where its numbers come from. */
export function ProfilePicker(props: {
  profiles: readonly Profile[] | null;
  chosen: string;
  onChoose: (id: string) => void;
}) {
  const { profiles, chosen, onChoose } = props;
  if (profiles === null) return <div class="profiles profiles-waiting waiting-room" aria-hidden="true" />;
  const current = profiles.find(({ id }) => id === chosen);
  return (
    <>
      <div class="profiles" role="radiogroup" aria-labelledby="profiles-title">
        {profiles.map((profile) => (
          <label key={profile.id} class="profile">
            <input
              type="radio"
              name="profile"
              class="visually-hidden"
              value={profile.id}
              checked={profile.id === chosen}
              onChange={() => onChoose(profile.id)}
            />
            <span class="profile-picture">
              <ProfileFrame {...profile} />
            </span>
            <span class="profile-title">{profile.title}</span>
            <span class="small soft">
              {profile.width} × {profile.height} · {profile.format.toUpperCase()}
            </span>
            <span class="small soft">{translate('atMost', { limit: formatBytes(profile.maxBytes) })}</span>
          </label>
        ))}
      </div>
      {current && (
        <details class="profile-rules small">
          <summary>{translate('rulesOf', { profile: current.title })}</summary>
          <ul>
            <li>
              {translate('fillRange', {
                low: `${Math.round(current.fill.min * 100)} %`,
                high: `${Math.round(current.fill.max * 100)} %`,
              })}
            </li>
            <li>{translate('listingImages', { n: current.maxImages })}</li>
            {current.sources.map(({ rule, source, date }) => (
              <li key={rule}>
                {rule} <span class="soft">({translate('accordingTo', { source, date })})</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
