/** `username` where its text cannot go through a form as it is. */
export const ENCODED_USERNAME = "username_encoded";

/** Pages change NULs, and forms change line breaks: a text with one of them must be encoded. */
export function mustBeEncoded(text: string): boolean {
  return /[\0\r\n]/.test(text);
}

/** A text for a form's value, percent-encoded. */
export function encodedText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The text that was encoded; what is no such encoding stays as it is. */
export function textOfEncoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
