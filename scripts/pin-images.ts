import { readFileSync, writeFileSync } from 'node:fs';
import { askRegistry, withDigests } from './image-digests.js';

const FILES = ['Dockerfile', 'docker-compose.yml'];
const DOCKER_HUB = 'https://registry-1.docker.io';

/**
 * Writes the digests of the images in the Dockerfile and docker-compose.yml behind their tags. An
 * argument may name a registry that mirrors Docker Hub. It needs a network.
 */
try {
  const digestOf = askRegistry(process.argv[2] ?? DOCKER_HUB);
  const texts = FILES.map((path) => [path, readFileSync(path, 'utf8')] as const);
  const pinned = await Promise.all(
    texts.map(async ([path, text]) => [path, await withDigests(text, digestOf)] as const),
  );
  for (const [path, text] of pinned) writeFileSync(path, text);
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(`pin-images: ${message}; nothing was written\n`);
  process.exitCode = 1;
}
