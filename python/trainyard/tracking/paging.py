"""Collecting the pages of a search."""


def all_pages(search, max_results, page_size):
    """Return the results of all pages, at most ``max_results`` when it is given.

    Parameters
    ----------
    search
        ``search(count, token)`` returns one page.
    max_results
        Most results to return, or ``None`` for all.
    page_size
        Most results to ask for at once.
    """
    found, token = [], None
    while True:
        count = page_size if max_results is None else min(page_size, max_results - len(found))
        page = search(count, token)
        found.extend(page)
        token = page.token
        if token is None or (max_results is not None and len(found) >= max_results):
            return found
