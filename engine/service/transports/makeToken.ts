/** What a browser must show to use the service: whoever does not know it gets nothing. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes in base64url. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** In a time that does not depend on where they differ, nor on the lengths. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
