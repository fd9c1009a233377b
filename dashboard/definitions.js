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

/** Returns the page; it takes its looks from the style sheet of the dashboard. */
export function definitionsPage(style) {
  const nameOf = namer();
  const tokens = markdown.parse(readFileSync('docs/metrics.md', 'utf8'), {});
  tokens.forEach((token, i) => {
    if (token.children !== null) token.children = forget(token.children);
    if (token.type !== 'heading_open') return;
    const texts = tokens[i + 1].children.map(({ content }) => content);
    token.attrSet('id', nameOf(texts.join('')));
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
