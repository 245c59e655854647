using Microsoft.CodeAnalysis;
using ReproGate.Facts;

namespace ReproGate.Assemblies.Tests;

public sealed class UsesTests
{
    public static readonly TheoryData<string, string> Written = new()
    {
        { "class C { void M()\n{\nFar.Thing.Make(); } }", "Called Far.Thing.Make@3" },
        { "class C { void M()\n{\nvar x = Near.Api.Get();\nx.Do(); } }", "Called Far.Thing.Do@4" },
        { "class C { string M()\n{\nreturn Near.Api.Get().Name; } }", "Called Far.Thing.get_Name@3" },
        { "class C { int M()\n{\nreturn Near.Api.Get().Field; } }", "Accessed Far.Thing.Field@3" },
        { "class C { int M()\n{\nreturn Far.Thing.Static; } }", "Accessed Far.Thing.Static@3" },
        { "class C { void M()\n{\n_ = new Far.Thing(); } }", "Instantiated Far.Thing@3" },
        { "class C { object M()\n{\nreturn new Far.Thing.Nested(); } }", "Instantiated Far.Thing+Nested@3" },
        { "class C { int M()\n{\nreturn new Far.Point(1).X; } }", "Instantiated Far.Point@3" },
        { "using Far; class C { int M()\n{\nreturn Near.Api.Get().Count(); } }", "Called Far.Extensions.Count@3" },
        { "class C : Far.Thing\n{\nvoid M()\n{ } }", "Inherited Far.Thing@4" },
        { "class C : Far.Base<Near.Plain> { }", "Inherited Far.Base`1@0" },
        { "class C : Far.IBase { public void Run()\n{ } }", "Implemented Far.IBase@2" },
        { "class C : Near.IDerived { void Far.IBase.Run()\n{ } }", "Implemented Far.IBase@2" },
        { "class C { void M(Far.Thing x)\n{ } }", "Signature Far.Thing@2" },
        { "class C { Far.Thing? P { get; set; } }", "Signature Far.Thing@1" },
        { "class C { Far.Thing? f; void M()\n{ f = null; _ = f; } }", "Signature Far.Thing@2" },
        { "static class C { class Own : Far.Thing; }", "Inherited Far.Thing@0" },
        { "static class C { interface I : Far.IBase; }", "Implemented Far.IBase@0" },
        { "interface I { Far.Thing M(); }", "Signature Far.Thing@0" },
        { "class C<T> where T : Far.Thing { void M()\n{ } }", "Signature Far.Thing@2" },
        { "delegate void D(Far.Thing x);", "Signature Far.Thing@0" },
        { "class C { event Far.Handler? E; void M() => E?.Invoke(null!); }", "Signature Far.Handler@1" },
        { "record R(Far.Colour Colour);", "Signature Far.Colour@1" },
        { "[Far.Mark] class C { void M()\n{ } }", "Attribute Far.MarkAttribute@2" },
        { "class C { [Far.Mark] void M()\n{ } }", "Attribute Far.MarkAttribute@2" },
        { "class C { void M([Far.Mark] int x)\n{ } }", "Attribute Far.MarkAttribute@2" },
        { "class C { [Far.Mark] int P\n=> 1; }", "Attribute Far.MarkAttribute@2" },
        { "class C { void M()\n{\nNear.Api.Add<Far.Thing>(); } }", "TypeArgument Far.Thing@3" },
        { "class C { object M()\n{\nreturn new System.Collections.Generic.Dictionary<string, Far.Thing>(); } }", "TypeArgument Far.Thing@3" },
        { "class C { object M()\n{\nreturn typeof(Far.Thing); } }", "TypeOf Far.Thing@3" },
        { "[System.Obsolete] class C { [System.ComponentModel.TypeConverter(typeof(Far.Thing))] void M()\n{ } }", "TypeOf Far.Thing@2" },
        { "class C { object? M(object o)\n{\nreturn o as Far.Thing; } }", "Cast Far.Thing@3" },
        { "class C { bool M(object o)\n{\nreturn o is Far.Colour; } }", "Cast Far.Colour@3" },
        { "class C { void M()\n{ try { M(); }\ncatch (Far.Exotic)\n{ } } }", "Cast Far.Exotic@3" },
        { "class C { void M()\n{\nNear.Api.Tree(x => x.Field == 1); } }", "Called Far.Thing.Field@3" },
        { "using System.Threading.Tasks; class C { async Task M()\n{ await Task.Yield();\nFar.Thing.Make(); } }", "Called Far.Thing.Make@3" },
        { "using System; class C { Action M()\n{ return () =>\nFar.Thing.Make(); } }", "Called Far.Thing.Make@3" },
        { "//top\nFar.Thing.Make();", "Called Far.Thing.Make@2" },
        { "class C { unsafe int M()\n{\nreturn sizeof(Far.Point); } }", "TypeOf Far.Point@3" },
        { "class C { void M()\n{\nNear.Api.Get().Changed += (_, _) => { }; } }", "Called Far.Thing.add_Changed@3" },
        { "class C { void M()\n{\nforeach (var t in Near.Api.GetAll())\n{ t.Do(); } } }", "Called Far.Thing.Do@4" },
    };

    public static readonly TheoryData<string> NotWritten =
    [
        "class C { void M() { var x = Near.Api.Get(); } }",
        "class C { void M() { _ = Near.Api.Get(); } }",
        "class C { void M() { Near.Api.Take(\"\"); } }",
        "class C { void M() { Near.Api.Take(Near.Api.Get()); } }",
        "class C { void M() { Near.Api.Configure(x => { }); } }",
        "class C { void M() { Near.Api.Each(x => true); } }",
        "class C { void M() { Near.Api.Tree(x => true); } }",
        "class C { void M() { Near.Api.Many(); } }",
        "class C { void M() { Near.Api.Many(Near.Api.Get()); } }",
        "class C { void M() { Near.Api.Optional(); } }",
        "class C { void M() { Near.Api.Same(Near.Api.Get()); } }",
        "class C { object M() { return new { Thing = Near.Api.Get() }; } }",
        "class C { object M() { var t = (Near.Api.Get(), 1); return t.Item2; } }",
        "class C { object M() { return Near.Api.GetPoint(); } }",
        "class C { int M() { return Near.Api.GetAll().Count; } }",
        "using System.Linq; class C { int M() { return Near.Api.GetAll().Select(x => x).Where(x => x != null).Count(); } }",
        "using System.Threading.Tasks; class C { async Task M() { var x = Near.Api.Get(); await Task.Yield(); Near.Api.Take(x); } }",
        "class C : Near.IDerived { public void Run() { } }",
        "class C : Near.NearThing { }",
        "[assembly: Far.Mark] class C { }",
        "class C { string M() { return Far.Thing.Const; } }",
        "class C { string M() { return nameof(Far.Thing); } }",
        "class C { void M() { Near.Api.Paint(Far.Colour.Green); } }",
        "class C { void M() { foreach (var t in Near.Api.GetAll()) { } } }",
        "class C { void M() { int[] x = []; } }",
    ];

    [Theory]
    [MemberData(nameof(Written))]
    public void What_the_code_itself_uses_is_found_with_its_place(string code, string expected)
    {
        Assert.Contains(expected, Compiled.UsesOfFar(Compiled.Facts(code)));
    }

    [Theory]
    [MemberData(nameof(NotWritten))]
    public void What_only_someone_elses_signature_names_is_a_mention(string code)
    {
        Assert.Empty(Compiled.UsesOfFar(Compiled.Facts(code)));
        Assert.Empty(Compiled.UsesOfFar(Compiled.Facts(code, OptimizationLevel.Release)));
    }

    [Fact]
    public void A_mentioned_type_is_listed_as_mentioned()
    {
        AssemblyFacts facts = Compiled.Facts("class C { void M() { Near.Api.Take(\"\"); Near.Api.Take(Near.Api.Get()); } }");

        UsedType type = facts.References.Single(static reference => reference.Name == "Far").Types.Single();
        Assert.Equal("Far.Thing", type.Name);
        Assert.Equal(UseKind.Mentioned, Assert.Single(type.Uses).Kind);
    }

    [Fact]
    public void Hand_written_code_is_preferred_to_generated_code_as_the_place()
    {
        const string code = """
            class A { void M() {
            #line 1 "/src/obj/Gen.g.cs"
            Far.Thing.Make();
            #line 50 "/src/Hand.cs"
            Far.Thing.Make();
            } }
            """;
        TypeUse use = Use(Compiled.Facts(code, isGenerated: static file => file.Contains("/obj/", StringComparison.Ordinal)));

        Assert.Equal(new SourceLocation("/src/Hand.cs", 50, 1), use.Location);
        Assert.False(use.Generated);
    }

    [Fact]
    public void A_use_in_generated_code_only_is_marked()
    {
        const string code = """
            #line 1 "/src/obj/Gen.g.cs"
            class A { void M() { Far.Thing.Make(); } }
            """;
        TypeUse use = Use(Compiled.Facts(code, isGenerated: static file => file.Contains("/obj/", StringComparison.Ordinal)));

        Assert.True(use.Generated);
    }

    [Theory]
    [InlineData("[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Far.Thing))]", "Forwarded Far.Thing@-1")]
    [InlineData("extern alias far;\nclass C { void M()\n{\nfar::Far.Thing.Make(); } }", "Called Far.Thing.Make@4")]
    public void A_forwarded_type_is_a_use_and_an_extern_alias_makes_no_difference(string code, string expected) =>
        Assert.Equal([expected], Compiled.UsesOfFar(Compiled.Facts(code)));

    [Fact]
    public void Code_against_a_reference_assembly_has_the_uses_of_the_real_one()
    {
        byte[] reference = Compiled.ReferenceAssembly("Far", "namespace Far { public class Thing { private int _hidden; public static Thing Make() => new Thing() { _hidden = 1 }; } }");
        AssemblyFacts facts = Compiled.Compile("App", "class C { int M()\n{\nreturn Far.Thing.Make() is null ? 1 : 0; } }", [reference]).Read();

        Assert.Equal(["Called Far.Thing.Make@3"], Compiled.UsesOfFar(facts));
    }

    [Fact]
    public void What_InternalsVisibleTo_lets_through_is_a_use()
    {
        byte[] far = Compiled.Compile("Far", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"App\")] namespace Far { internal static class Secret { internal static int Do() => 1; } }", []).Image;
        AssemblyFacts facts = Compiled.Compile("App", "class C { int M()\n{\nreturn Far.Secret.Do(); } }", [far]).Read();

        Assert.Equal(["Called Far.Secret.Do@3"], Compiled.UsesOfFar(facts));
    }

    /// <summary>Files of source generators: written below obj, kept in memory under a relative path, or under the intermediate folder without being there.</summary>
    [Theory]
    [InlineData("/repo/App/obj/Debug/net10.0/generated/Gen/Gen.Maker/A.g.cs", true)]
    [InlineData("Gen/Gen.Maker/A.g.cs", true)]
    [InlineData("/_/App/obj/Debug/net10.0/A.cs", true)]
    [InlineData("/elsewhere/A.g.cs", true)]
    [InlineData("/packages/acme/1.0.0/contentFiles/A.cs", true)]
    [InlineData("/repo/App/Program.cs", false)]
    [InlineData("/_/App/Program.cs", false)]
    [InlineData("/repo/App/objects/A.cs", false)]
    public void Generated_files_are_known_by_where_they_lie(string document, bool generated) => Assert.Equal(
        generated,
        new SourcePaths("/repo/App", [("/_/", "/repo/")], ["/repo/App/obj/", "/packages", "relative"]).IsGenerated(document));

    [Fact]
    public void A_type_that_is_forwarded_and_named_by_an_attribute_has_both_uses()
    {
        AssemblyFacts facts = Compiled.Facts("[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Far.Thing))]\nclass C { [System.ComponentModel.TypeConverter(typeof(Far.Thing))] void M()\n{ } }");

        Assert.Equal(["Forwarded Far.Thing@-1", "TypeOf Far.Thing@3"], Compiled.UsesOfFar(facts).Where(static use => use.Contains("Far.Thing@", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>Whatever order the maps are given in: a prefix of another must not be taken for it, nor one that says nothing.</summary>
    [Theory]
    [InlineData("/_/A.cs", "/repo/A.cs")]
    [InlineData("/_/sub/A.cs", "/elsewhere/A.cs")]
    [InlineData("/other/A.cs", "/other/A.cs")]
    public void Of_several_path_maps_the_longest_counts_and_of_two_alike_the_first(string document, string expected) => Assert.Equal(
        expected,
        new SourcePaths("/repo/App", [("", "/never/"), ("/_/", ""), ("/_/", "/repo/"), ("/_/sub/", "/elsewhere/"), ("/_/", "/never/"), ("/_/sub/", "/never/")], []).Resolve(document));

    [Fact]
    public void Strings_that_could_be_names_are_kept_and_prose_is_not()
    {
        AssemblyFacts facts = Compiled.Facts("""
            class C
            {
                string[] M() => new[] { "Far.Thing", "Far.Thing, Far", "a sentence of words", "/a/path", "Npgsql" };
            }
            """);

        Assert.Equal<string>(["Far.Thing", "Far.Thing, Far", "Npgsql"], facts.NamesInStrings);
    }

    [Fact]
    public void Type_arguments_of_attributes_reach_into_generic_and_array_types()
    {
        AssemblyFacts facts = Compiled.Facts("class C { [System.ComponentModel.TypeConverter(typeof(System.Collections.Generic.List<Far.Thing.Nested[]>))] void M() { } }");

        Assert.Contains("TypeOf Far.Thing+Nested@1", Compiled.UsesOfFar(facts));
    }

    [Theory]
    [InlineData("[Far.Tiny(Far.Tiny.One)]")]
    [InlineData("[Far.Tiny(Far.Tiny.One, Far.Tiny.One, Far.Tiny.One)]")]
    [InlineData("[Far.Tiny(Far.Tiny.One, Other = Far.Tiny.One)]")]
    public void An_enumeration_of_another_size_in_an_attribute_is_no_damage(string attribute)
    {
        AssemblyFacts facts = Compiled.Facts(attribute + " class C { void M() { } }");

        Assert.Empty(facts.Unread);
        Assert.Contains("Attribute Far.TinyAttribute@1", Compiled.UsesOfFar(facts));
    }

    [Fact]
    public void Every_instruction_of_the_runtime_has_its_operand_size()
    {
        foreach (System.Reflection.FieldInfo field in typeof(System.Reflection.Emit.OpCodes).GetFields())
        {
            var code = (System.Reflection.Emit.OpCode)field.GetValue(null)!;
            if (code.OpCodeType == System.Reflection.Emit.OpCodeType.Nternal)
            {
                continue;
            }

            int expected = code.OperandType switch
            {
                System.Reflection.Emit.OperandType.InlineNone => 0,
                System.Reflection.Emit.OperandType.ShortInlineBrTarget or System.Reflection.Emit.OperandType.ShortInlineI or System.Reflection.Emit.OperandType.ShortInlineVar => 1,
                System.Reflection.Emit.OperandType.InlineVar => 2,
                System.Reflection.Emit.OperandType.InlineI8 or System.Reflection.Emit.OperandType.InlineR => 8,
                System.Reflection.Emit.OperandType.InlineSwitch => Reading.IlOperand.Switch,
                _ => 4,
            };
            byte low = (byte)(code.Value & 0xFF);
            Assert.True(expected == (code.Size == 1 ? Reading.IlOperand.SizeOf(low) : Reading.IlOperand.SizeOfExtended(low)), code.Name);
        }
    }

    private static TypeUse Use(AssemblyFacts facts) =>
        facts.References.Single(static reference => reference.Name == "Far").Types.Single().Uses.Single(static use => use.Kind == UseKind.Called);
}
