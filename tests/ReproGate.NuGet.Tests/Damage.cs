using System.Text;
using CsCheck;

namespace ReproGate.NuGet.Tests;

/// <summary>Files that something happened to: cut, bytes changed, spans removed, repeated or replaced by tokens that mean something, or all noise.</summary>
internal static class Damage
{
    private static readonly byte[][] Tokens = [.. new[] { "{", "}", "[", "]", "\"", ":", ",", "null", "true", "1e999", "-1", "\\ud800", "\"\"", "\0", "<<<<<<< HEAD\n", "../..", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "{\"a\":", "/*", "\uFEFF" }.Select(Encoding.UTF8.GetBytes), [0xC3, 0x28], [0xFF, 0xFE]];

    /// <summary>Up to four damages of a good file; now and then noise alone.</summary>
    public static Gen<byte[]> Of(byte[] good)
    {
        Gen<Func<byte[], byte[]>> cut = Gen.Double.Unit.Select(static share => (Func<byte[], byte[]>)(content => content[..At(content, share)]));
        Gen<Func<byte[], byte[]>> change = Gen.Select(Gen.Double.Unit, Gen.Byte).Select(static (share, value) => (Func<byte[], byte[]>)(content =>
        {
            byte[] result = [.. content];
            if (result.Length > 0)
            {
                result[Math.Min(At(result, share), result.Length - 1)] = value;
            }

            return result;
        }));
        Gen<Func<byte[], byte[]>> insert = Gen.Select(Gen.Double.Unit, Gen.Int[0, Tokens.Length - 1]).Select(static (share, token) => (Func<byte[], byte[]>)(content => [.. content[..At(content, share)], .. Tokens[token], .. content[At(content, share)..]]));
        Gen<Func<byte[], byte[]>> remove = Gen.Select(Gen.Double.Unit, Gen.Int[1, 40]).Select(static (share, length) => (Func<byte[], byte[]>)(content => [.. content[..At(content, share)], .. content[Math.Min(content.Length, At(content, share) + length)..]]));
        Gen<Func<byte[], byte[]>> repeat = Gen.Select(Gen.Double.Unit, Gen.Int[1, 200]).Select(static (share, length) => (Func<byte[], byte[]>)(content => [.. content[..Math.Min(content.Length, At(content, share) + length)], .. content[At(content, share)..]]));
        Gen<byte[]> damaged = Gen.OneOf(cut, change, insert, remove, repeat).Array[1, 4].Select(steps => steps.Aggregate(good, static (content, step) => step(content)));
        return Gen.Frequency((19, damaged), (1, Gen.Byte.Array[0, 200]));
    }

    private static int At(byte[] content, double share) => (int)(content.Length * share);
}
