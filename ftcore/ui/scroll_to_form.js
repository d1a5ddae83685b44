(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const form = () => document.querySelector('[data-testid="stForm"]');
  const go = (tries) => {
    const found = form();
    if (found) found.scrollIntoView({behavior: calm ? "auto" : "smooth", block: "start"});
    else if (tries) setTimeout(go, 100, tries - 1);
  };
  setTimeout(go, 150, 10);
})();
