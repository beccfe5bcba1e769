import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { OpenApiDocument, Operation } from './make-request.ts';
import type { RawAnswer } from './send-request.ts';

/** What must not appear in an answer, whatever was asked. */
const LEAKS = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules/,
  /\/dist\//,
  /file:\/\//,
  /redis:\/\//,
  /ECONN/,
  /ReplyError/,
];

/** Finds what is wrong with an answer, in words; nothing when it is as documented. */
export function createJudge(
  document: OpenApiDocument,
  secrets: readonly string[],
): (operation: Operation, answer: RawAnswer) => string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'doc', ...document });
  const validators = new Map<unknown, ValidateFunction>();
  const validatorOf = (schema: object) => {
    const known = validators.get(schema);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components');
    const compiled = ajv.compile(JSON.parse(text));
    validators.set(schema, compiled);
    return compiled;
  };

  return (operation, { status, type, headers, body }) => {
    const faults: string[] = [];
    const text = body.toString();
    if (status >= 500) faults.push(`answered ${status}: ${text.slice(0, 300)}`);
    const whole = `${JSON.stringify(headers)}\n${text}`;
    for (const leak of LEAKS) if (leak.test(whole)) faults.push(`leaks ${leak}: ${text.slice(0, 300)}`);
    for (const secret of secrets)
      if (whole.includes(secret)) faults.push(`leaks a secret: ${text.slice(0, 300)}`);
    const documented = operation.responses[String(status)];
    if (documented === undefined) return [...faults, `${status} is not documented: ${text.slice(0, 300)}`];
    if (documented.content === undefined) return body.length > 0 ? [...faults, 'has a body'] : faults;
    const content = Object.entries(documented.content).find(([name]) => name.split(';')[0] === type)?.[1];
    if (content === undefined) return [...faults, `type "${type}" is not documented for ${status}`];
    if (!type.endsWith('json')) return faults;
    const validate = validatorOf(content.schema);
    if (!validate(JSON.parse(text))) {
      faults.push(
        `does not fit the schema of ${status}: ${ajv.errorsText(validate.errors)}: ${text.slice(0, 500)}`,
      );
    }
    return faults;
  };
}
