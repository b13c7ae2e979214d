/** Read as text, by the rule in wrangler.toml. */
declare module "*.browser.js" {
  const text: string;
  export default text;
}
