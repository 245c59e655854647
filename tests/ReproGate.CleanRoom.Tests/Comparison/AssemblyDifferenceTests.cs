using System.Text;
using Microsoft.CodeAnalysis;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class AssemblyDifferenceTests
{
    [Fact]
    public void A_constant_in_a_method_is_named_with_both_values()
    {
        OutputDifference difference = CompiledPair.Compare(
            """namespace Shop; static class Clock { static readonly string Made = string.Concat("2024-01-01", ""); static int Two() => 2; }""",
            """namespace Shop; static class Clock { static readonly string Made = string.Concat("2025-12-31", ""); static int Two() => 2; }""");

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Equal(new DifferencePart("Shop.dll › Shop.Clock..cctor (IL)", PartKinds.Constant, "\"2024-01-01\"", "\"2025-12-31\""), difference.Parts[0]);
        Assert.DoesNotContain(difference.Parts, static part => part.Where.Contains("Two", StringComparison.Ordinal) || part.Kind == PartKinds.Bytes);
    }

    [Fact]
    public void Ids_that_follow_come_last()
    {
        OutputDifference difference = CompiledPair.Compare("class C { int M() => 1; }", "class C { int M() => 100; }");

        Assert.Equal("Shop.dll › C.M (IL)", difference.Parts[0].Where);
        Assert.Equal("ldc.i4.1", difference.Parts[0].Left);
        Assert.Equal("ldc.i4.s 100", difference.Parts[0].Right);
        Assert.All(difference.Parts.Skip(1), static part => Assert.True(PartKinds.IsConsequence(part.Kind), part.ToString()));
    }

    [Fact]
    public void Only_ids_differ_where_the_compiler_drew_them_by_lot()
    {
        OutputDifference difference = TwoTrees.Compare("Shop.dll", CompiledPair.Compile("class C { int M() => 1; }", deterministic: false).Image, CompiledPair.Compile("class C { int M() => 1; }", deterministic: false).Image)!;

        Assert.Equal(Grade.MetadataOnly, difference.Grade);
        Assert.Contains(difference.Parts, static part => part.Kind == PartKinds.ModuleId);
        Assert.All(difference.Parts, static part => Assert.True(PartKinds.IsMetadata(part.Kind), part.ToString()));
    }

    [Theory]
    [InlineData("[assembly: System.Reflection.AssemblyInformationalVersion(\"1.0+abc\")]", "[assembly: System.Reflection.AssemblyInformationalVersion(\"1.0+def\")]", "System.Reflection.AssemblyInformationalVersionAttribute", PartKinds.Attribute, "1.0+abc", "1.0+def")]
    [InlineData("[assembly: System.Reflection.AssemblyMetadata(\"Built\", \"x\")]", "[assembly: System.Reflection.AssemblyMetadata(\"Built\", \"y\")]", "AssemblyMetadataAttribute(\"Built\")", PartKinds.Attribute, "x", "y")]
    [InlineData("[assembly: System.Reflection.AssemblyVersion(\"1.0.0.0\")]", "[assembly: System.Reflection.AssemblyVersion(\"1.0.0.1\")]", "assembly name", PartKinds.AssemblyIdentity, "Version=1.0.0.0", "Version=1.0.0.1")]
    [InlineData("class C { public const string S = \"l\"; }", "class C { public const string S = \"r\"; }", "C.S (constant)", PartKinds.FieldConstant, "\"l\"", "\"r\"")]
    [InlineData("class C { void A() {} }", "class C { void A() {} void B() {} }", "C.B()", PartKinds.Member, "", "Private")]
    [InlineData("class C { static byte[] B = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }; }", "class C { static byte[] B = { 1, 2, 3, 4, 5, 6, 7, 8, 8 }; }", "<PrivateImplementationDetails>", PartKinds.FieldData, "", "")]
    [InlineData("class C { void A() {} void B() {} }", "class C { void B() {} void A() {} }", "Shop.dll", PartKinds.Order, "", "")]
    public void Each_kind_of_difference_is_named(string left, string right, string where, string kind, string leftValue, string rightValue)
    {
        OutputDifference difference = CompiledPair.Compare(left, right);

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains(difference.Parts, part => part.Where.Contains(where, StringComparison.Ordinal) && part.Kind == kind && part.Left.Contains(leftValue, StringComparison.Ordinal) && part.Right.Contains(rightValue, StringComparison.Ordinal));
    }

    [Fact]
    public void The_path_of_the_pdb_is_a_difference_of_its_own()
    {
        OutputDifference difference = TwoTrees.Compare("Shop.dll", CompiledPair.Compile("class C { }", pdbPath: "/one/obj/Shop.pdb").Image, CompiledPair.Compile("class C { }", pdbPath: "/two/obj/Shop.pdb").Image)!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Equal(new DifferencePart("Shop.dll › PDB path", PartKinds.DebugPath, "/one/obj/Shop.pdb", "/two/obj/Shop.pdb"), difference.Parts[0]);
    }

    [Fact]
    public void A_pdb_names_the_document_that_moved_and_the_dll_only_follows()
    {
        (byte[] leftImage, byte[] leftSymbols) = CompiledPair.Compile("class C { int M() => 1; }", "/one/src/Clock.cs");
        (byte[] rightImage, byte[] rightSymbols) = CompiledPair.Compile("class C { int M() => 1; }", "/two/src/Clock.cs");

        OutputDifference pdb = TwoTrees.Compare("Shop.pdb", leftSymbols, rightSymbols)!;
        OutputDifference dll = TwoTrees.Compare("Shop.dll", leftImage, rightImage)!;

        Assert.Equal(Grade.Different, pdb.Grade);
        Assert.Equal(new DifferencePart("Shop.pdb › document Clock.cs", PartKinds.Document, "/one/src/Clock.cs", "/two/src/Clock.cs"), pdb.Parts[0]);
        Assert.Equal(Grade.MetadataOnly, dll.Grade);
    }

    [Fact]
    public void An_embedded_pdb_is_opened()
    {
        OutputDifference difference = TwoTrees.Compare(
            "Shop.dll",
            CompiledPair.Compile("class C { int M() => 1; }", "/one/Clock.cs", embedded: true).Image,
            CompiledPair.Compile("class C { int M() => 1; }", "/two/Clock.cs", embedded: true).Image)!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Equal("Shop.dll › embedded PDB › document Clock.cs", difference.Parts[0].Where);
    }

    [Fact]
    public void A_changed_source_shows_by_its_checksum()
    {
        OutputDifference difference = TwoTrees.Compare("Shop.pdb", CompiledPair.Compile("class C { int M() => 1; }").Symbols, CompiledPair.Compile("class C { int M() => 1; } // x").Symbols)!;

        Assert.Contains(difference.Parts, static part => part.Where == "Shop.pdb › document /src/Clock.cs" && part.Kind == PartKinds.DocumentChecksum);
    }

    [Fact]
    public void An_embedded_resource_is_opened()
    {
        byte[] Image(string text) => CompiledPair.Compile("class C { }", resources: [new ResourceDescription("about.json", () => new MemoryStream(Encoding.UTF8.GetBytes($"{{\"built\":\"{text}\"}}")), isPublic: true)]).Image;

        OutputDifference difference = TwoTrees.Compare("Shop.dll", Image("a"), Image("b"))!;

        Assert.Equal(new DifferencePart("Shop.dll › resources › about.json › built", PartKinds.JsonValue, "a", "b"), difference.Parts[0]);
    }

    [Fact]
    public void A_string_resource_is_named()
    {
        static byte[] Resources(string text)
        {
            var stream = new MemoryStream();
            using var writer = new System.Resources.ResourceWriter(stream);
            writer.AddResource("Made", text);
            writer.AddResource("Number", 7);
            writer.Generate();
            return stream.ToArray();
        }

        OutputDifference difference = TwoTrees.Compare("a.resources", Resources("today"), Resources("other"))!;

        Assert.Equal(new DifferencePart("a.resources › Made › line 1", PartKinds.Text, "today", "other"), difference.Parts[0]);
    }

    [Fact]
    public void A_truncated_image_is_said_and_differs()
    {
        byte[] image = CompiledPair.Compile("class C { int M() => 1; }").Image;

        OutputDifference difference = TwoTrees.Compare("Shop.dll", image, image[..(image.Length / 2)])!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains(difference.Parts, static part => part.Kind == PartKinds.NotTested && part.Left.Contains("damaged", StringComparison.Ordinal));
        Assert.Contains(difference.Parts, static part => part.Kind == PartKinds.Bytes);
    }
}
