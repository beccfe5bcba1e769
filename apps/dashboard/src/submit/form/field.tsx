import type { ComponentChildren } from 'preact';
import { HelpLink } from '../../help/help-link.tsx';
import settings from '../../text/en/settings.json' with { type: 'json' };
import { isTextKey } from '../../text/is-text-key.ts';
import { learnTexts } from '../../text/messages.ts';
import './field.css';

learnTexts(settings);

/** A label over its input; with a link to what it means, where that is explained. */
export function Field(props: {
  id: string;
  label: string;
  /** Which setting it is, where several fields are one. */
  setting?: string;
  children: ComponentChildren;
}) {
  const about = `setting_${props.setting ?? props.id}`;
  return (
    <div class="field">
      <span class="field-label">
        <label for={props.id}>{props.label}</label>
        {isTextKey(about) && <HelpLink about={about} name={props.label} />}
      </span>
      {props.children}
    </div>
  );
}
