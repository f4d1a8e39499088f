"""LlamaIndex with whole documents: every engine's last call holds their pages, and nothing is lost or chunked."""

from __future__ import annotations

from typing import Any

import pytest
from llama_index.core import SimpleDirectoryReader, StorageContext, load_index_from_storage
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    DocumentBlock,
    ImageBlock,
    LLMMetadata,
    MessageRole,
    TextBlock,
)
from llama_index.core.chat_engine.types import ChatMode
from llama_index.core.ingestion import IngestionCache, IngestionPipeline
from llama_index.core.llms import MockLLM
from llama_index.core.memory import Memory
from llama_index.core.prompts import PromptTemplate
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import Document
from llama_index.core.tools import FunctionTool, QueryEngineTool
from pydantic import BaseModel, PrivateAttr

from glyph_integrations import (
    CutDocumentWarning,
    LoadError,
    RequestError,
    TransformersModel,
    UnknownModelError,
    WindowOverflowError,
    load,
    mark_document,
    model_spec,
    render,
)
from glyph_integrations.models import images_of
from glyph_integrations.testing import ScriptedModel, sample_pdf
from llama_index_glyph import (
    GlyphIndex,
    GlyphLLM,
    GlyphQueryEngine,
    GlyphReader,
    PageImageBlock,
    PageRenderPostprocessor,
    VisualContextLLM,
    VisualContextMemoryBlock,
    WholeDocument,
)
from llama_index_glyph.blocks import turn_of

# LlamaIndex's memory leaves the thread of its database to itself, beyond the end of event loops.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]
QUOTE = "The hire is EUR 14,850.00 for the whole period."
LONG = load(sample_pdf()).text * 3
PAGES = len(render(LONG))


class Witness(MockLLM):
    """Remembers the messages that it is shown."""

    _seen: list[Any] = PrivateAttr(default_factory=list)

    @property
    def metadata(self):
        return LLMMetadata(is_chat_model=True, model_name="glm-4.1v-9b", num_output=256, context_window=65_536)

    @property
    def seen(self):
        return self._seen

    def chat(self, messages, **kwargs):
        self._seen.append(list(messages))
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content="Seen."), raw={})

    async def achat(self, messages, **kwargs):
        return self.chat(messages, **kwargs)

    def stream_chat(self, messages, **kwargs):
        self._seen.append(list(messages))
        return iter([ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content="Seen."), delta="Seen.")])

    async def astream_chat(self, messages, **kwargs):
        async def gen():
            for response in self.stream_chat(messages, **kwargs):
                yield response

        return gen()


class Hire(BaseModel):
    """What is paid."""

    amount: str


def images(messages):
    """How many images messages hold; all of them must be the user's."""
    found = 0
    for message in messages:
        count = sum(isinstance(block, ImageBlock) for block in message.blocks)
        assert not count or message.role == MessageRole.USER
        found += count
    return found


def pages_of(text, spec="glm-4.1v"):
    """How many pages a text becomes."""
    return len(render(text, model_spec(spec).default_style, spec))


@pytest.fixture
def charter(tmp_path):
    """A contract: the path of a PDF."""
    path = tmp_path / "charter.pdf"
    path.write_bytes(sample_pdf())
    return path


@pytest.fixture
def documents():
    """One long document."""
    return [Document(text=LONG, metadata={"file_name": "charter.pdf"})]


@pytest.fixture
def witness():
    """A chat model for images."""
    return Witness()


@pytest.fixture(scope="session")
def nano():
    """The bundled reader."""
    return TransformersModel.load("nano")


@pytest.mark.parametrize(
    "mode", [mode for mode in ResponseMode if mode not in {"no_text", "generation", "context_only"}]
)
@pytest.mark.parametrize("streaming", [False, True])
def test_every_response_mode_shows_pages(witness, documents, mode, streaming):
    """The last call holds all pages of the document, in user messages, and the question as text."""
    if streaming and "accumulate" in mode:
        pytest.skip("LlamaIndex does not stream in this mode")
    engine = GlyphIndex.from_documents(documents).as_query_engine(llm=witness, response_mode=mode, streaming=streaming)
    response = engine.query("What is the hire?")
    assert "Seen." in "".join(response.response_gen if hasattr(response, "response_gen") else str(response))
    assert images(witness.seen[-1]) == pages_of(LONG)
    assert "What is the hire?" in str(witness.seen[-1][-1].content)
    assert not any(QUOTE in str(message.content) for message in witness.seen[-1])


@pytest.mark.parametrize(
    "mode", [ChatMode.BEST, ChatMode.CONTEXT, ChatMode.CONDENSE_PLUS_CONTEXT, ChatMode.CONDENSE_QUESTION]
)
async def test_every_chat_mode_shows_pages(witness, documents, mode):
    """Also in the second turn, in which the pages still come first."""
    engine = GlyphIndex.from_documents(documents).as_chat_engine(chat_mode=mode, llm=witness)
    engine.chat("What is the hire?")
    assert images(witness.seen[-1]) == pages_of(LONG)
    await engine.achat("And who signed?")
    assert images(witness.seen[-1]) == pages_of(LONG)
    first = next(message for message in witness.seen[-1] if message.role == MessageRole.USER)
    assert isinstance(first.blocks[0], ImageBlock)
    assert "".join(engine.stream_chat("And when?").response_gen) == "Seen."


@pytest.mark.parametrize("mode", ["compact", "refine", "tree_summarize", "simple_summarize"])
def test_multimodal_synthesis_shows_pages(witness, documents, mode):
    """LlamaIndex then sends blocks of nodes instead of one text; their documents become pages all the same."""
    options = {"llm": VisualContextLLM(witness), "multimodal": True, "response_mode": mode}
    GlyphIndex.from_documents(documents).as_query_engine(**options).query("What is the hire?")
    assert images(witness.seen[-1]) == pages_of(LONG)
    assert "What is the hire?" in " ".join(str(message.content) for message in witness.seen[-1])


def test_a_chat_without_context_shows_none(witness, documents):
    """The simple mode asks the LLM alone, as it does with any index."""
    engine = GlyphIndex.from_documents(documents).as_chat_engine(chat_mode=ChatMode.SIMPLE, llm=witness)
    engine.chat("What is the hire?")
    assert images(witness.seen[-1]) == 0


def test_an_untouched_index_with_a_wrapped_llm(witness, documents):
    """``Settings.llm`` is the line: what any engine retrieves becomes pages; short contexts stay text."""
    from llama_index.core import SummaryIndex

    index = SummaryIndex.from_documents(documents, transformations=[WholeDocument()])
    index.as_query_engine(llm=VisualContextLLM(witness)).query("What is the hire?")
    assert images(witness.seen[-1]) == pages_of(LONG)
    short = SummaryIndex.from_documents([Document(text="The hire is 5.")], transformations=[WholeDocument()])
    short.as_query_engine(llm=VisualContextLLM(witness)).query("What is the hire?")
    assert images(witness.seen[-1]) == 0
    assert "The hire is 5." in str(witness.seen[-1][-1].content)


def test_messages_without_documents_pass_untouched(witness):
    """They are the same objects; images of the user stay where they are."""
    (page,) = render("A picture.")
    picture = PageImageBlock.of_page(page, model_spec("glm-4.1v"))
    messages = [
        ChatMessage(role=MessageRole.SYSTEM, content="Be brief."),
        ChatMessage(role=MessageRole.USER, blocks=[picture, TextBlock(text="What is this?")]),
    ]
    VisualContextLLM(witness).chat(messages)
    assert all(now is before for now, before in zip(witness.seen[-1], messages, strict=True))


async def test_document_blocks_and_marks(witness, charter):
    """A PDF in a message and a marked text become pages, in order, for all ways of asking."""
    llm = VisualContextLLM(witness)
    message = ChatMessage(
        role=MessageRole.USER,
        blocks=[DocumentBlock(path=charter), TextBlock(text=mark_document(LONG)), TextBlock(text="Compare.")],
    )
    expected = pages_of(load(charter)) + pages_of(LONG)
    llm.chat([message])
    await llm.achat([message])
    assert [response.delta for response in llm.stream_chat([message])] == ["Seen."]
    assert [response.delta async for response in await llm.astream_chat([message])] == ["Seen."]
    assert llm.complete(mark_document(LONG)).text == (await llm.acomplete(mark_document(LONG))).text == "Seen."
    assert [images(seen) for seen in witness.seen] == [expected] * 4 + [pages_of(LONG)] * 2


def test_structured_predictions_of_a_wrapped_llm(witness, documents):
    """What was retrieved is pages there too, and the output is the wrapped LLM's."""

    class Writer(Witness):
        def chat(self, messages, **kwargs):
            super().chat(messages, **kwargs)
            return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content='{"amount": "5"}'))

    writer = Writer()
    prompt = PromptTemplate("{context_str}\nWhat is the hire?")
    assert VisualContextLLM(writer).structured_predict(Hire, prompt, context_str=LONG) == Hire(amount="5")
    assert images(writer.seen[-1]) == pages_of(LONG)


def test_windows_are_reported_in_tokens_of_text(witness):
    """As much text as pages hold, so that engines do not cut what fits; an unknown name needs a spec."""
    assert VisualContextLLM(witness, style="glyph").metadata.context_window > 2 * 65_536
    assert GlyphLLM(ScriptedModel([])).metadata.context_window > 2 * 131_072
    with pytest.raises(UnknownModelError):
        VisualContextLLM(MockLLM())
    assert VisualContextLLM(MockLLM(), spec="glm4v").metadata.context_window > 131_072


def test_the_hook_of_predict_is_there():
    """A canary: engines call predict, and predict builds its messages in ``_get_messages``."""
    from llama_index.core.llms.llm import LLM

    assert "prompt_args" in LLM._get_messages.__annotations__ or callable(LLM._get_messages)
    llm = GlyphLLM(ScriptedModel(lambda _: "Yes."))
    (message,) = llm._get_messages(PromptTemplate("{context_str} {query_str}"), context_str="a", query_str="b")
    assert message.content == f"{mark_document('a', name='context')} b"


def test_the_index_keeps_documents_whole(witness, tmp_path, documents):
    """Through insertion, refreshing, deletion, storage and reloading; arguments for searching are tolerated."""
    index = GlyphIndex.from_documents(documents, embed_model="none")
    index.insert(Document(text=LONG, id_="second"))
    assert len(index.as_retriever(similarity_top_k=1).retrieve("anything")) == 2
    index.storage_context.persist(tmp_path / "stored")
    again = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(tmp_path / "stored")))
    assert isinstance(again, GlyphIndex)
    again.insert(Document(text=LONG, id_="third"))
    assert [node.text for node in again.as_retriever().retrieve("?")] == [LONG] * 3
    again.refresh_ref_docs([Document(text="Changed.", id_="second")])
    again.delete_ref_doc("third", delete_from_docstore=True)
    assert sorted(node.text for node in again.as_retriever().retrieve("?")) == sorted([LONG, "Changed."])
    again.as_query_engine(llm=witness, similarity_top_k=2).query("Q?")
    assert images(witness.seen[-1]) == pages_of(LONG)


def test_a_whole_document_is_cited_by_its_files_pages(charter):
    """The label is that of the page in the file, on whatever page it was read."""
    model = ScriptedModel(lambda _: f'EUR 14,850.00\nQuote: "{QUOTE}"')
    index = GlyphIndex.from_documents(GlyphReader().load_data(charter))
    (source,) = index.as_query_engine(llm=GlyphLLM(model)).query("What is the hire?").source_nodes
    assert (source.metadata["page_label"], source.metadata["rendered_page"]) == ("2", 1)
    assert "source_pages" in source.node.excluded_llm_metadata_keys


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/meta", "file:///etc/hostname", "ftp://127.0.0.1/x"])
def test_documents_at_addresses_are_not_fetched(address):
    """A message that names an address reads nothing from there, whoever wrote it."""
    message = ChatMessage(role="user", blocks=[DocumentBlock(url=address), TextBlock(text="What is it?")])
    with pytest.raises(RequestError, match="documents at an address are not fetched"):
        turn_of(message, 0)


def test_a_glyph_llm_cites(charter):
    """Source nodes are the pages that were read, with quote, box and label; metadata says what it cost."""
    model = ScriptedModel(lambda _: f'EUR 14,850.00\nQuote: "{QUOTE}"')
    index = GlyphIndex.from_documents(GlyphReader(mode="page").load_data(charter))
    engine = index.as_query_engine(llm=GlyphLLM(model))
    assert isinstance(engine, GlyphQueryEngine)
    response = engine.query("What is the hire?")
    assert str(response) == "EUR 14,850.00"
    (source,) = response.source_nodes
    assert (source.metadata["page_label"], source.metadata["quote"]) == ("2", QUOTE)
    assert source.metadata["file_name"] == "charter.pdf"
    assert QUOTE in " ".join(source.text.split())
    assert 0 < source.metadata["boxes"][0][0] < 1
    assert source.node.ref_doc_id
    assert (response.metadata["verified"], response.metadata["usage"]["compression_ratio"] > 1) == (True, True)
    assert "EUR" in response.get_formatted_sources(1000)


async def test_streams_and_event_loops_of_the_citing_engine(charter):
    """Pieces first; citations are there when the stream has ended."""
    model = ScriptedModel(lambda _: f'EUR 14,850.00\nQuote: "{QUOTE}"')
    index = GlyphIndex.from_documents(GlyphReader().load_data(charter))
    engine = index.as_query_engine(llm=GlyphLLM(model), streaming=True)
    stream = engine.query("What is the hire?")
    assert "".join(stream.response_gen) == "EUR 14,850.00"
    assert stream.source_nodes[0].metadata["quote"] == QUOTE
    astream = await engine.aquery("What is the hire?")
    assert "".join([piece async for piece in astream.response_gen]) == "EUR 14,850.00"
    assert str(await index.as_query_engine(llm=GlyphLLM(model)).aquery("The hire?")) == "EUR 14,850.00"
    abstaining = index.as_query_engine(llm=GlyphLLM(ScriptedModel(lambda _: "NOT IN DOCUMENT")))
    assert str(abstaining.query("Who is the king?")) == "Not in the document."
    assert abstaining.query("Who is the king?").metadata["abstained"]


async def test_glyph_llm_chats_completes_and_keeps_images():
    """All ways of asking, with usage in raw."""
    model = ScriptedModel(lambda _: "<think>Hm.</think>It is so.")
    llm = GlyphLLM(model, temperature=0.3, max_tokens=77)
    (page,) = render("A picture.")
    blocks = [ImageBlock(image=page.png()), TextBlock(text=f"{mark_document(LONG)} Well?")]
    response = llm.chat([ChatMessage(role=MessageRole.USER, blocks=blocks)])
    assert response.message.content == "It is so."
    assert response.raw["usage"]["pages"] == PAGES
    assert response.message.additional_kwargs["thinking"] == "Hm."
    assert len(images_of(model.conversations[-1])) == PAGES + 1
    assert (model.settings[-1].temperature, model.settings[-1].max_tokens) == (0.3, 77)
    message = [ChatMessage(role=MessageRole.USER, content="So?")]
    assert (await llm.achat(message)).message.content == llm.complete("So?").text == "It is so."
    assert (await llm.acomplete("So?")).text == "It is so."
    assert "".join(piece.delta for piece in llm.stream_complete("So?")) == "It is so."
    assert "".join([piece.delta async for piece in await llm.astream_chat(message)]) == "It is so."
    with pytest.raises(RequestError, match="no setting logit_bias"):
        llm.chat(message, logit_bias={})
    with pytest.raises(RequestError, match="not fetched"):
        llm.chat([ChatMessage(role=MessageRole.USER, blocks=[ImageBlock(url="https://example.com/a.png")])])


def test_images_of_tools_are_shown_by_the_user(witness):
    """To a model in this process and to one that is wrapped; none is lost."""
    (page,) = render("A page.")
    result = ChatMessage(role=MessageRole.TOOL, blocks=[TextBlock(text="page 2"), ImageBlock(image=page.png())])
    model = ScriptedModel(["Seen."])
    GlyphLLM(model).chat([ChatMessage("Look."), result])
    assert [image.fingerprint for image in images_of(model.conversations[0])] == [page.fingerprint]
    VisualContextLLM(witness).chat([ChatMessage("Look."), result])
    assert images(witness.seen[-1]) == 1
    assert witness.seen[-1][1].content == "page 2\n[shown on image 1]"


async def test_glyph_llm_predicts_structures():
    """Held to the schema while decoding, alone and as a structured LLM of an engine."""
    model = ScriptedModel(lambda _: '{"amount": "EUR 14,850.00"}')
    llm = GlyphLLM(model)
    prompt = PromptTemplate("{context_str}\nThe hire?")
    hire = Hire(amount="EUR 14,850.00")
    assert llm.structured_predict(Hire, prompt, context_str=LONG) == hire
    assert await llm.astructured_predict(Hire, prompt, context_str=LONG) == hire
    assert len(images_of(model.conversations[-1])) == PAGES
    assert model.settings[-1].schema["properties"].keys() == {"amount"}
    engine = GlyphIndex.from_documents([Document(text=LONG)]).as_query_engine(llm=llm, output_cls=Hire)
    assert engine.query("The hire?").response == hire


def look_up(term: str) -> str:
    """What a term means in the contract."""
    return f"{term} is the ship."


def caller(conversation):
    """Looks two terms up, and then says what it found."""
    *_, last = conversation
    if last.role == "tool":
        return f"So {last.content[0]}"
    calls = [f'<tool_call>{{"name": "look_up", "arguments": {{"term": "{term}"}}}}</tool_call>' for term in "AB"]
    return "I look.\n" + "\n".join(calls)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # LlamaIndex's agents look at all attributes of an LLM
async def test_glyph_llm_calls_tools():
    """Alone, in streams and in agents, one or several at a time; a reader without tools says so."""
    model = ScriptedModel(caller)
    llm, tool = GlyphLLM(model), FunctionTool.from_defaults(look_up)
    assert llm.metadata.is_function_calling_model
    response = llm.chat_with_tools([tool], "What are A and B?", allow_parallel_tool_calls=True)
    assert response.message.content == "I look."
    selected = llm.get_tool_calls_from_response(response)
    assert [(call.tool_name, call.tool_kwargs) for call in selected] == [("look_up", {"term": term}) for term in "AB"]
    (one,) = llm.get_tool_calls_from_response(await llm.achat_with_tools([tool], "What is A?"))
    assert one.tool_kwargs == {"term": "A"}
    *_, last = llm.stream_chat_with_tools([tool], "What are A and B?")
    assert len(llm.get_tool_calls_from_response(last)) == 2
    assert "A is the ship." in str(llm.predict_and_call([tool], "What is A?"))
    answer = await FunctionAgent(tools=[tool], llm=llm).run("What are A and B?")
    assert str(answer) == "So B is the ship."
    assert [message.role for message in model.conversations[-1]] == ["user", "assistant", "tool", "tool"]
    assert [call.arguments["term"] for call in model.conversations[-1][1].tool_calls] == ["A", "B"]
    with pytest.raises(ValueError, match="called no tool"):
        llm.get_tool_calls_from_response(GlyphLLM(ScriptedModel(["No."])).chat([ChatMessage("Hm?")]))


def test_a_tool_can_be_required():
    """The reply is held to a call of one."""
    model = ScriptedModel(['{"name": "look_up", "arguments": {"term": "Vessel"}}'])
    llm = GlyphLLM(model)
    response = llm.chat_with_tools([FunctionTool.from_defaults(look_up)], "What is it?", tool_required=True)
    assert llm.get_tool_calls_from_response(response)[0].tool_kwargs == {"term": "Vessel"}
    assert model.settings[0].tool_choice == "any"


def test_a_reader_without_tools_says_so(nano):
    """The bundled one has no words for them."""
    llm = GlyphLLM(nano)
    assert not llm.metadata.is_function_calling_model
    with pytest.raises(RequestError, match="nano cannot be given tools"):
        llm.chat_with_tools([FunctionTool.from_defaults(look_up)], "What is it?")


def test_readers_and_pipelines(tmp_path, charter):
    """Every format through SimpleDirectoryReader, whole; caches find whole documents again."""
    (tmp_path / "note.md").write_text("# A note")
    extractor = {".pdf": GlyphReader(), ".md": GlyphReader()}
    reader = SimpleDirectoryReader(str(tmp_path), file_extractor=extractor, raise_on_error=True)
    found = {document.metadata["file_name"]: document for document in reader.load_data()}
    assert found.keys() == {"charter.pdf", "note.md"}
    assert found["charter.pdf"].text == load(charter).text
    assert "file_size" in found["charter.pdf"].excluded_llm_metadata_keys
    pages = GlyphReader(mode="page").load_data(charter)
    assert [page.metadata["page_label"] for page in pages] == [str(n + 1) for n in range(len(pages))]
    pipeline = IngestionPipeline(transformations=[WholeDocument()], cache=IngestionCache())
    nodes = pipeline.run(documents=list(found.values()))
    assert [node.text for node in pipeline.run(documents=list(found.values()))] == [node.text for node in nodes]
    assert {node.text for node in nodes} == {document.text for document in found.values()}
    with pytest.raises(RequestError, match="mode is"):
        GlyphReader(mode="chunks")
    with pytest.raises(LoadError):
        GlyphReader().load_data(tmp_path / "nothing.pdf")


def test_retrieval_is_kept_and_compressed(witness, documents):
    """With the postprocessor any engine, citations among them, shows what it found."""
    index = GlyphIndex.from_documents(documents)
    llm = VisualContextLLM(witness)
    engine = CitationQueryEngine.from_args(
        index, llm=llm, citation_chunk_size=100_000, node_postprocessors=[PageRenderPostprocessor()]
    )
    engine.query("What is the hire?")
    assert images(witness.seen[-1]) > 0


async def test_memory_becomes_pages(witness):
    """What falls out of the short-term memory is kept, whole, and shown in a user message."""
    block = VisualContextMemoryBlock()
    memory = Memory.from_defaults(
        token_limit=400, token_flush_size=100, chat_history_token_ratio=0.5, memory_blocks=[block]
    )
    for number in range(12):
        await memory.aput(ChatMessage(role=MessageRole.USER, content=f"Line {number}: " + "words and more words " * 30))
    history = await memory.aget()
    VisualContextLLM(witness).chat(history)
    assert images(witness.seen[-1]) > 0
    assert "Line 0:" in block.lines[0]


def test_an_engine_as_a_tool(charter):
    """Agents ask whole documents."""
    model = ScriptedModel(lambda _: f'EUR 14,850.00\nQuote: "{QUOTE}"')
    engine = GlyphIndex.from_documents(GlyphReader().load_data(charter)).as_query_engine(llm=GlyphLLM(model))
    tool = QueryEngineTool.from_defaults(engine, name="charter", description="About the charter.")
    assert str(tool.call("What is the hire?").content) == "EUR 14,850.00"


def test_what_llama_index_cuts_is_said(witness):
    """One of its modes drops what is beyond the window; others read it in further calls, from the first page on."""
    documents = [Document(text=LONG * 200, metadata={"file_name": "charter.pdf"})]
    index = GlyphIndex.from_documents(documents)
    engine = index.as_query_engine(llm=VisualContextLLM(witness, style="glyph"), response_mode="simple_summarize")
    with pytest.warns(CutDocumentWarning, match=r"'charter\.pdf' was cut"):
        engine.query("What is the hire?")
    assert images(witness.seen[-1]) < pages_of(LONG * 200) - 1


def test_what_does_not_fit_is_refused(witness):
    """Before anything is sent, with the numbers."""
    with pytest.raises(WindowOverflowError, match="take a denser style"):
        VisualContextLLM(witness).complete(mark_document(LONG * 600))


def test_nano_answers_from_an_index(nano, charter):
    """The whole way with the bundled reader: file, index, pages, answer, citation."""
    index = GlyphIndex.from_documents(GlyphReader(mode="page").load_data(charter))
    response = index.as_query_engine(llm=GlyphLLM(nano)).query("What is the hire?")
    assert "14,850" in str(response)
    assert response.source_nodes[0].metadata["page_label"] == "2"
