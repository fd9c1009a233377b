/** Makes the page that formulas lead to: docs/metrics.md as it was when this server was built. */
import { readFileSync } from 'node:fs';
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false });

/** The name of a heading in addresses, as GitHub gives it; later ones of the same text count up. */
function namer() {
  const seen = new Map();
  return (text) => {
    const name = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${String(count)}`;
  };
}

/** Leads only to places of this page and to other sites: the server has no other documents. */
const isKept = (href) => /^(?:#|https:)/.test(href);

function forget(children) {
  const kept = [];
  for (const token of children) {
    if (token.type === 'link_open') kept.push(isKept(token.attrGet('href') ?? ''));
    const isLink = token.type === 'link_open' || token.type === 'link_close';
    if (isLink && kept.at(-1) === false) token.hidden = true;
    if (token.type === 'link_close') kept.pop();
  }
  return children.filter(({ hidden }) => !hidden);
}

/** The field that a row of a table begins with; undefined: it begins with something else. */
function fieldOf([cell, inline]) {
  const [first, ...others] = inline?.children ?? [];
  const isField = cell?.type === 'td_open' && first?.type === 'code_inline' && others.length === 0;
  return isField ? first.content : undefined;
}

/** Gives the first row of a field in a section its name in addresses: formulas lead there. */
function nameRow(row, field, section, rows) {
  const name = `${section}.${field}`;
  if (field === undefined || rows.has(name)) return;
  rows.add(name);
  row.attrSet('id', name);
}

/** Returns the page; it takes its looks from the style sheet of the dashboard. */
export function definitionsPage(style) {
  const nameOf = namer();
  const tokens = markdown.parse(readFileSync('docs/metrics.md', 'utf8'), {});
  let section = '';
  const rows = new Set();
  tokens.forEach((token, i) => {
    if (token.children !== null) token.children = forget(token.children);
    if (token.type === 'tr_open')
      nameRow(token, fieldOf(tokens.slice(i + 1, i + 3)), section, rows);
    if (token.type !== 'heading_open') return;
    const texts = tokens[i + 1].children.map(({ content }) => content);
    const name = nameOf(texts.join(''));
    token.attrSet('id', name);
    if (token.tag === 'h2') section = name;
  });
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Metrics · Playhead</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <main class="document">
${markdown.renderer.render(tokens, markdown.options, {})}
    </main>
  </body>
</html>
`;
}
