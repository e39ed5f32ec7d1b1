package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Every lie of a safetensors file is one sentence. */
class SafetensorsFileTest {
  private static byte[] file(long headerLength, String header, int bufferBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + bufferBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(headerLength).put(json).array();
  }

  private static NamedTensors parse(String header, int bufferBytes) {
    String json = header.replace('\'', '"');
    return SafetensorsFile.parse("F", MemorySegment.ofArray(file(json.length(), json, bufferBytes)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{'a':{'dtype':'F64','shape':[2],'data_offsets':[0,16]}} | 16"
          + " | The tensor a of F has dtype F64 but only F32, F16, BF16, I8 (Q8 with scales) and I32 can be read.",
      "{'a':{'dtype':'I8','shape':[2],'data_offsets':[0,2]}} | 2"
          + " | In F the I8 tensor a needs a BF16 tensor a.q8_scale of shape [1], but there is none.",
      "{'a':{'dtype':'I8','shape':[2],'data_offsets':[0,2]},'a.q8_scale':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}} | 6"
          + " | In F the I8 tensor a needs a BF16 tensor a.q8_scale of shape [1], but it is F32 [1].",
      "{'a':{'dtype':'I8','shape':[40],'data_offsets':[0,40]},'a.q8_scale':{'dtype':'BF16','shape':[1],'data_offsets':[40,42]}} | 42"
          + " | In F the I8 tensor a needs a BF16 tensor a.q8_scale of shape [2], but it is BF16 [1].",
      "{'b.q8_scale':{'dtype':'BF16','shape':[1],'data_offsets':[0,2]}} | 2 | In F the scales b.q8_scale belong to no I8 tensor.",
      "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 7"
          + " | F is cut short: the tensor a ends at byte 8 of a buffer of 7 bytes.",
      "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 9 | F has 1 bytes after its last tensor.",
      "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 4"
          + " | The tensor a of F has offsets 0 to 4, but its dtype F32 and shape [2] need 8 bytes.",
      "{'a':{'dtype':'F16','shape':[2],'data_offsets':[0,8]}} | 8"
          + " | The tensor a of F has offsets 0 to 8, but its dtype F16 and shape [2] need 4 bytes.",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}} | 6"
          + " | In F the tensors a and b overlap.",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | In F there is a hole of 4 bytes before the tensor a.",
      "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | 4 | The tensor a of F has the impossible shape [-1].",
      "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | 0"
          + " | The tensor a of F has the impossible shape [4294967296, 4294967296].",
      "{'a':5} | 4 | In the header of F the entry a must be an object but is 5.",
      "{'a':{'dtype':[1]}} | 4 | In the header of F the dtype of the tensor a must be a text but is a list.",
      "{'a':{'shape':'x'}} | 4 | In the header of F the shape of the tensor a must be a list of whole numbers but is x.",
      "{'a':{'shape':[1,1.5]}} | 4 | In the header of F the shape of the tensor a must be a list of whole numbers but holds 1.5.",
      "{'a':{'dtype':'F32','shape':[1]}} | 4 | The tensor a of F needs dtype, shape and two data_offsets.",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'x':1}} | 4"
          + " | The tensor a of F has the field x but only dtype, shape and data_offsets are allowed."})
  void aLieOfTheHeaderIsOneSentence(String header, int bufferBytes, String sentence) {
    assertThatThrownBy(() -> parse(header, bufferBytes)).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({"1", "20", "-1", "9223372036854775807"})
  void aWrongHeaderLengthIsNamedBesideWhatIsPossible(long length) {
    assertThatThrownBy(() -> SafetensorsFile.parse("F", MemorySegment.ofArray(file(length, "{}", 2))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("F says that its header has %s bytes, but it can have 2 to 4.", Long.toUnsignedString(length));
  }

  @Test
  void theScalesOfAQ8TensorAreFoundBesideIt() {
    NamedTensors read = parse("{'a':{'dtype':'I8','shape':[2,40],'data_offsets':[0,80]},"
        + "'a.q8_scale':{'dtype':'BF16','shape':[2,2],'data_offsets':[80,88]}}", 88);
    assertThat(read.find("a").orElseThrow().dtype()).isEqualTo(DType.Q8);
    assertThat(read.names()).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource({"F16, 1.5, 0.0009765625", "BF16, 1.875, 0.0078125"})
  void halvesAreOfTheTypeThatTheHeaderSays(DType type, float first, float second) {
    String json = "{\"a\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,4]}}".formatted(type);
    byte[] file = file(json.length(), json, 4);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putShort(file.length - 4, (short) (type == DType.F16 ? 0x3E00 : 0x3FF0))
        .putShort(file.length - 2, (short) (type == DType.F16 ? 0x1400 : 0x3C00));
    Tensor read = SafetensorsFile.parse("F", MemorySegment.ofArray(file)).find("a").orElseThrow();
    assertThat(read.dtype()).isEqualTo(type);
    assertThat(Conversion.toFloats(read)).containsExactly(first, second);
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("none.safetensors");
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> SafetensorsFile.open(file, arena)).isInstanceOf(InvalidInputException.class)
          .hasMessage("There is no file %s.", file);
    }
  }

  @Test
  void anEmptyFileIsRefusedByItsSize(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("empty.safetensors"));
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> SafetensorsFile.open(file, arena)).isInstanceOf(InvalidInputException.class)
          .hasMessage("%s has 0 bytes, too few for a safetensors file.", file);
    }
  }
}
