#!/usr/bin/env bash
# Runs the stages of a folder of configurations one after another, each from where it was left.
#   samples/training/train.sh samples/training/nano out/nano [SECONDS]
# TOKENIZER holds options of `glyph train tokenizer`. Texts are expected in texts/ (see the configurations); after SECONDS it stops, and the next call goes on.
set -euo pipefail
stages=$1 output=$2 limit=${3:-0}
glyph=${GLYPH:-glyph}
began=$SECONDS

[ -f "$output/tokenizer/tokenizer.json" ] || $glyph train tokenizer texts/* ${TOKENIZER:-} --output "$output/tokenizer"
for config in "$stages"/*.json; do
  name=$(basename "$config" .json)
  [ -f "$output/$name/model/preprocessor_config.json" ] && continue
  if [ "$limit" -gt 0 ]; then
    left=$((limit - SECONDS + began))
    [ "$left" -gt 10 ] || exit 0
    timeout --signal INT "$left" $glyph train pretrain "$config" --output "$output/$name" || [ $? -eq 124 ]
  else
    $glyph train pretrain "$config" --output "$output/$name"
  fi
  [ -f "$output/$name/model/preprocessor_config.json" ] || exit 0
done
echo "trained: $output/$name/model"
