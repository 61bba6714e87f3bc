"""The words that every other room uses: types and errors. Imports nothing of ours."""
