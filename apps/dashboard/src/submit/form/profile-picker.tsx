import type { Profile } from '@image-studio/contract';
import type { TextKey } from '../../text/english.ts';
import { formatBytes } from '../../text/format.ts';
import { isTextKey } from '../../text/is-text-key.ts';
import { profileTitle } from '../../text/profile-title.ts';
import { translate } from '../../text/translate.ts';
import { ProfileFrame } from './profile-frame.tsx';
import './profile-picker.css';

/** The marketplaces, each with its frame and its limits; the chosen one also says its rules. */
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
            <span class="profile-title">{profileTitle(profile)}</span>
            <span class="small soft">
              {profile.width} × {profile.height} · {profile.format.toUpperCase()}
            </span>
            <span class="small soft">{translate('atMost', { limit: formatBytes(profile.maxBytes) })}</span>
          </label>
        ))}
      </div>
      {current && (
        <details class="profile-rules small">
          <summary>{translate('rulesOf', { profile: profileTitle(current) })}</summary>
          <ul>
            <li>
              {translate('ruleSize', {
                width: current.width,
                height: current.height,
                format: current.format.toUpperCase(),
              })}
            </li>
            <li>{translate('ruleBytes', { limit: formatBytes(current.maxBytes) })}</li>
            <li>{translate('ruleWhite')}</li>
            <li>
              {translate('fillRange', {
                low: `${Math.round(current.fill.min * 100)} %`,
                high: `${Math.round(current.fill.max * 100)} %`,
              })}
            </li>
            <li>{translate('listingImages', { n: current.maxImages })}</li>
            {current.accepts && <Accepted {...current.accepts} />}
            {isTextKey(`profileNote_${current.id}`) && (
              <li>{translate(`profileNote_${current.id}` as TextKey)}</li>
            )}
          </ul>
          <a href="api/v1/profiles">{translate('rulesSource')}</a>
        </details>
      )}
    </>
  );
}

/** What the marketplace takes beside what is made for it. */
function Accepted({ formats, minSide, maxSide }: NonNullable<Profile['accepts']>) {
  return (
    <>
      <li>
        {translate('ruleAccepts', { formats: formats.map((format) => format.toUpperCase()).join(', ') })}
      </li>
      {minSide !== undefined && maxSide !== undefined && (
        <li>{translate('ruleSides', { low: minSide, high: maxSide })}</li>
      )}
    </>
  );
}
