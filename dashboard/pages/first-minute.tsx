import type { JSX } from 'preact';
import { useAnswer } from '../api/answers.js';
import { AT_ONCE } from '../api/course.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import { Copied } from '../panels/copied.jsx';
import { Panel } from '../panels/panel.jsx';
import { LATER_WORDS } from '../texts-later.js';
import { waysToSend } from './first-lines.js';

/** Shown until the first event comes: the ways to send one, with this server's address in. */
export function FirstMinute(): JSX.Element {
  const answer = useAnswer<HeadAnswer>({ parts: HEAD, variables: {} }, AT_ONCE);
  return (
    <Panel name="first" title={LATER_WORDS.nothingYet} answer={answer} parts={['server']}>
      <p>{LATER_WORDS.chooseWay}</p>
      <p class="waiting" role="status">
        {LATER_WORDS.waiting}
      </p>
      {waysToSend(location.origin).map(({ name, note, lines }) => (
        <section class="way" key={name}>
          <header>
            <h3>{name}</h3>
            <Copied text={lines} label={LATER_WORDS.copy} />
          </header>
          <p>{note}</p>
          <pre class="code" tabIndex={0} aria-label={name}>
            {lines}
          </pre>
        </section>
      ))}
    </Panel>
  );
}
