/**
 * CodeMirror writes its styles into a `<style>` element, which our content security policy refuses. They go into the
 * page's own style sheet instead, before our rules, where no policy is needed and every browser takes them.
 */
import { StyleModule } from "style-mod";

/** To be called before the first view is made. Throws when the page's style sheet isn't there. */
export function styleFromPageSheet(doc: Document): void {
  const sheet = [...doc.styleSheets].find((one) => one.href?.includes("/redaction-")) ?? doc.styleSheets[0];
  if (!sheet) throw new Error("editor: the page has no style sheet");
  const mounted = new Set<StyleModule>();
  let at = 0;
  StyleModule.mount = (_root, modules) => {
    for (const module of Array.isArray(modules) ? modules : [modules as StyleModule]) {
      if (mounted.has(module)) continue;
      mounted.add(module);
      for (const rule of (module as StyleModule & { readonly rules: readonly string[] }).rules) {
        sheet.insertRule(rule, at++);
      }
    }
  };
}
