export { bound, currentContext, detached, runIn } from './current-context.ts';
export { type EndedSpan, recordSpans, type Span, type SpanOptions, span, startSpan } from './span.ts';
export {
  contextFields,
  formatTraceparent,
  newTrace,
  parseTraceparent,
  readCarrier,
  type TraceContext,
  writeCarrier,
} from './trace-context.ts';
