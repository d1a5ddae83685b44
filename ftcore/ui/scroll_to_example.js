(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const go = (tries) => {
    const found = document.querySelector(".ft-here");
    if (found) found.scrollIntoView({behavior: calm ? "auto" : "smooth", block: "center"});
    else if (tries) setTimeout(go, 100, tries - 1);
  };
  setTimeout(go, 150, 10);
})();
