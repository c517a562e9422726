"""The staff's side of articles: write, check, review, sign, publish, move. `pages` holds the views, a file a page.

Files: `disk` writes one whole, `seen` remembers what the folder held, `comparing` judges, `handover` acts on it,
`lookout` does so each second, `proof` says whether a text would load, and `store` is how everything here saves.
Texts: `front` and `front_lines` write the front matter, `forms` is the editor's form, `examination` holds one unsaved
text against the rules and `judgments` all that is saved, `places` says where on the page a finding stands, `faults`
what stopped a save there, and `editor_context` what else the page shows. `publishing` is what its buttons do.
Reviews: `review_state` reads where one stands, `sign_off` writes its steps, `review_steps` and `review_forms` ask.
Lists: `overview` makes the rows of articles and `listing` narrows them; `histories` and `differences` show revisions.
Addresses: `addresses`, `moving` and `moving_forms`. Pictures: `safe_pictures`, `picture_files`, `picture_form`.
Other files: `shared_texts`, and `watching` for watch.yaml. `attempts` puts into words what stopped a step anywhere.
"""
