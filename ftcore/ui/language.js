(() => {
  if (window.__ftSpanish) return;
  window.__ftSpanish = true;
  document.documentElement.lang = "es";
  const exact = __EXACT__;
  const patterns = __PATTERNS__.map(([from, to]) => [new RegExp(from), to]);
  const attributes = ["aria-label", "title", "placeholder", "data-tooltip", "alt"];
  // What people wrote stays as it is.
  const foreign =
    "[data-testid=stMarkdown],[data-testid=stChatMessage],.message-content,.ft-keep,pre,code,textarea,canvas,script,style";

  const translate = (whole, most) => {
    const words = whole.trim();
    if (!words || words.length > most) return null;
    if (Object.hasOwn(exact, words)) return whole.replace(words, exact[words]);
    for (const [from, to] of patterns)
      if (from.test(words)) return whole.replace(words, words.replace(from, to));
    return null;
  };

  const visitText = (node) => {
    if (node.parentElement?.closest(foreign)) return;
    const spanish = translate(node.data, 200);
    if (spanish !== null && spanish !== node.data) node.data = spanish;
  };

  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return visitText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of attributes) {
      const value = node.getAttribute(name);
      const spanish = value && translate(value, 5000); // a label may read a whole answer aloud
      if (spanish && spanish !== value) node.setAttribute(name, spanish);
    }
    node.childNodes.forEach(visit);
  };

  const start = () => {
    visit(document.body);
    new MutationObserver((changes) => {
      for (const change of changes)
        if (change.type === "childList") change.addedNodes.forEach(visit);
        else visit(change.target);
    }).observe(document.body, {
      subtree: true, childList: true, characterData: true,
      attributes: true, attributeFilter: attributes,
    });
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
