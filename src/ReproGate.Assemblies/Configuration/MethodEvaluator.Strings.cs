using System.Globalization;
using ReproGate.Facts.Configuration.Code;
using static ReproGate.Assemblies.Configuration.Unfollowed;

namespace ReproGate.Assemblies.Configuration;

/// <content>Calls that put strings together, and those through which the compiler hands over lists: the pass computes them itself.</content>
internal sealed partial class MethodEvaluator
{
    private readonly CodeValue[][] _texted = [.. Enumerable.Range(0, 12).Select(static count => new CodeValue[count])];

    // Strings are put together where they are; anything else is left to linking.
    private bool Intrinsic(int offset, CodeMethodReference method, CodeValue[] raw, bool isNew)
    {
        switch (method.TypeDefinition)
        {
            case "System.String":
                return StringCall(offset, method, raw, isNew);
            case "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler":
                return HandlerCall(offset, method, raw);
            case "<PrivateImplementationDetails>" when method.Name is "InlineArrayElementRef" or "InlineArrayElementRefReadOnly" && raw.Length == 2 && raw[0] is SlotAddress buffer:
                Push(new ElementAddress(ListIn(buffer), IndexOf(raw[1])));
                return true;
            case "<PrivateImplementationDetails>" when method.Name == "InlineArrayFirstElementRef" && raw.Length == 1 && raw[0] is SlotAddress first:
                Push(new ElementAddress(ListIn(first), 0));
                return true;
            case "<PrivateImplementationDetails>" when method.Name is "InlineArrayAsReadOnlySpan" or "InlineArrayAsSpan" && raw.Length == 2 && raw[0] is SlotAddress whole:
                Push(ListIn(whole));
                return true;
            case "System.ReadOnlySpan`1" or "System.Span`1" or "System.Memory`1" or "System.ReadOnlyMemory`1":
                if (isNew && raw.Length == 1 && raw[0] is SlotAddress one)
                {
                    ListValue single = NewList();
                    single.Elements.Add(Stripped(Slot(one.Slot)));
                    Push(single);
                    return true;
                }

                if ((isNew || method.Name == "op_Implicit") && raw.Length == 1)
                {
                    Push(Stripped(raw[0]));
                    return true;
                }

                if (method.Name == "get_Item" && raw.Length == 2)
                {
                    CodeValue span = Stripped(raw[0]);
                    Push(span is ListValue list ? new ElementAddress(list, IndexOf(raw[1])) : Element(offset, span));
                    return true;
                }

                return false;
            case "System.Type" when method.Name == "GetTypeFromHandle" && raw.Length == 1:
                Push(raw[0]);
                return true;
            case "System.Array" when method.Name == "Empty" && raw.Length == 0:
                Push(NewList());
                return true;
            case "Microsoft.Extensions.Configuration.ConfigurationPath" when method.Name == "Combine" && raw.Length == 1:
                CodeValue segments = Stripped(raw[0]);
                Push(segments is ListValue known ? Concatenation(offset, Separated(ElementsOf(known), _constants.Text(":"))) : Computed);
                return true;
            default:
                return false;
        }
    }

    private bool StringCall(int offset, CodeMethodReference method, CodeValue[] raw, bool isNew)
    {
        if (isNew)
        {
            return false;
        }

        // What is made of them copies them.
        CodeValue[] values = raw.Length < _texted.Length ? _texted[raw.Length] : new CodeValue[raw.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            values[i] = Stripped(raw[i]);
        }

        switch (method.Name)
        {
            case "Concat":
                Push(values is [ListValue list] ? Concatenation(offset, ElementsOf(list))
                    : values.Length == 1 ? values[0]
                    : Concatenation(offset, values));
                return true;
            case "Format":
                int first = method.Parameters[0] == "System.IFormatProvider" ? 1 : 0;
                if (values.Length > first && values[first] is TextValue format)
                {
                    IReadOnlyList<CodeValue> arguments = values.Length == first + 2 && values[first + 1] is ListValue given ? ElementsOf(given) : values[(first + 1)..];
                    Push(Concatenation(offset, Formatted(format.Text, arguments)));
                    return true;
                }

                return false;
            case "Join" when values.Length >= 2 && values[0] is TextValue or NumberValue:
                if (values is [_, ListValue joined])
                {
                    CodeValue separator = values[0] is NumberValue { Text: var number } && int.TryParse(number, CultureInfo.InvariantCulture, out int character) && character is > 0 and < 65536
                        ? _constants.Text(((char)character).ToString())
                        : values[0];
                    Push(Concatenation(offset, Separated(ElementsOf(joined), separator)));
                    return true;
                }

                return false;
            case "op_Equality" or "op_Inequality" when values.Length == 2:
                Push(Comparison(offset, values[0], values[1], method.Name == "op_Inequality"));
                return true;
            case "Equals" when values.Length >= 2 && method.Parameters[0] is "System.String" or "System.Object":
                Push(Comparison(offset, values[0], values[1], negated: false));
                return true;
            case "ToString" or "ToLowerInvariant" or "ToUpperInvariant" or "ToLower" or "ToUpper" or "Trim" or "Intern" or "IsInterned" when values.Length == 1 && values[0] is not CallValue:
                Push(values[0]);
                return true;
            default:
                return false;
        }
    }

    private bool HandlerCall(int offset, CodeMethodReference method, CodeValue[] raw)
    {
        if (raw.Length == 0)
        {
            return false;
        }

        if (raw[0] is not SlotAddress handler)
        {
            return false;
        }

        switch (method.Name)
        {
            case ".ctor":
                SetSlot(handler.Slot, Unfolded(offset, []));
                return true;
            case "AppendLiteral" or "AppendFormatted" when raw.Length >= 2:
                if (Slot(handler.Slot) is ConcatenationValue text)
                {
                    SetSlot(handler.Slot, Unfolded(offset, [.. text.Parts, Stripped(raw[1])]));
                }

                return true;
            case "ToStringAndClear" or "ToString":
                Push(Slot(handler.Slot) is ConcatenationValue whole ? Concatenation(offset, whole.Parts) : Slot(handler.Slot));
                return true;
            case "Clear":
                return true;
            default:
                return false;
        }
    }

    private static List<CodeValue> Separated(IReadOnlyList<CodeValue> elements, CodeValue separator)
    {
        var parts = new List<CodeValue>();
        foreach (CodeValue element in elements)
        {
            if (parts.Count > 0)
            {
                parts.Add(separator);
            }

            parts.Add(element);
        }

        return parts;
    }

    private List<CodeValue> Formatted(string format, IReadOnlyList<CodeValue> arguments)
    {
        var parts = new List<CodeValue>();
        int at = 0;
        while (at < format.Length)
        {
            int open = format.IndexOf('{', at);
            if (open < 0 || open + 1 >= format.Length || format[open + 1] == '{')
            {
                int end = open < 0 ? format.Length : Math.Min(open + 1, format.Length);
                parts.Add(_constants.Text(format[at..end].Replace("}}", "}", StringComparison.Ordinal)));
                at = open < 0 ? format.Length : open + 2;
                continue;
            }

            if (open > at)
            {
                parts.Add(_constants.Text(format[at..open].Replace("}}", "}", StringComparison.Ordinal)));
            }

            int close = format.IndexOf('}', open);
            if (close < 0)
            {
                parts.Add(Computed);
                break;
            }

            ReadOnlySpan<char> hole = format.AsSpan(open + 1, close - open - 1);
            int colon = hole.IndexOfAny(':', ',');
            parts.Add(int.TryParse(colon < 0 ? hole : hole[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < arguments.Count ? arguments[index] : Computed);
            at = close + 1;
        }

        return parts;
    }

    private CodeValue Concatenation(int offset, IReadOnlyList<CodeValue> parts)
    {
        effort.Spend(parts.Count);
        if (parts.Count > 64 || parts.Any(static part => part.Depth >= CodeValue.MaximumDepth - 1))
        {
            return TooDeep;
        }

        if (parts.Count > 0 && parts.All(static part => part is TextValue) && parts.Sum(static part => ((TextValue)part).Text.Length) <= 1000)
        {
            // Folding here keeps constants of the compiler's own concatenations out of the facts.
            return parts.Count == 1 ? parts[0] : _constants.Text(string.Concat(parts.Select(static part => ((TextValue)part).Text)));
        }

        return Unfolded(offset, parts);
    }

    // The interpolated string's handler stays a concatenation until it is turned into text.
    private CodeValue Unfolded(int offset, IReadOnlyList<CodeValue> parts)
    {
        if (parts.Count > 64 || parts.Any(static part => part.Depth >= CodeValue.MaximumDepth - 1))
        {
            return TooDeep;
        }

        if (_notes.Known(offset).Made is ConcatenationValue old && old.Parts.SequenceEqual(parts))
        {
            return old;
        }

        var value = new ConcatenationValue([.. parts]);
        _notes.Of(offset).Made = value;
        return value;
    }

    private ListValue ListIn(SlotAddress address)
    {
        if (Slot(address.Slot) is ListValue list)
        {
            return list;
        }

        ListValue made = NewList();
        SetSlot(address.Slot, made);
        return made;
    }
}
