// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How much of the calling thread's stack is left. The engine's own work runs on the stacks of those who call it, and they may be in deep recursion.
 * An overflow between two lines that belong together, or inside a lock, would leave what others share in pieces; so the engine asks at its door,
 * where nothing has been touched, whether there is room for all that may follow.
 *
 * <p>There is no way in Java to ask, but one to try: calls nested so deep that they take that much. What is not compiled yet takes twice as much of
 * the stack as what is, here and in the engine. What the try costs is the memory that it goes through, which has left the processor's cache since the
 * thread was last here; so there are few calls, whose frames are large and mostly stay empty.
 */
public final class Headroom {
    /** What a call takes at least: 4,128 bytes and more with either compiler, 8,200 with none. */
    private static final int FRAME = 4_096;

    /**
     * The first step of a process, with classes and a driver that nobody had loaded yet, took less than 28 kB. Most later ones take less than 6, but a
     * road that is taken for the first time may be met at any.
     */
    private static final int AMPLE = 40 * 1_024;

    /** Once in so many tries the innermost call fills its frame. */
    private static final int SELDOM = 8;

    private static final long[] NUMBERS = new long[512];
    private static final long[] NONE = {};

    private Headroom() {}

    /**
     * Throws here, before anything is touched, what would else be thrown anywhere.
     *
     * @throws StackOverflowError if too little of the stack is left for a call of the engine
     */
    public static void require() {
        nest(AMPLE / FRAME, numbers());
    }

    /** Whether there is room for a conversation with the database, with a connection that has to be opened anew. */
    public static boolean isAmple() {
        try {
            require();
            return true;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    /** Seldom, and not never: what it has never seen done a compiler leaves out, and the room that it takes. */
    private static long[] numbers() {
        return ThreadLocalRandom.current().nextInt(SELDOM) == 0 ? NUMBERS : NONE;
    }

    /** Each frame is as large as the innermost needs it that reads the numbers, and has to keep them during a call. */
    private static long nest(int calls, long[] numbers) {
        if (calls != 1 || numbers.length == 0) {
            return calls <= 1 ? 0 : nest(calls - 1, numbers);
        }
        // spotless:off
        long n0 = numbers[0], n1 = numbers[1], n2 = numbers[2], n3 = numbers[3], n4 = numbers[4], n5 = numbers[5],
            n6 = numbers[6], n7 = numbers[7], n8 = numbers[8], n9 = numbers[9], n10 = numbers[10], n11 = numbers[11],
            n12 = numbers[12], n13 = numbers[13], n14 = numbers[14], n15 = numbers[15], n16 = numbers[16],
            n17 = numbers[17], n18 = numbers[18], n19 = numbers[19], n20 = numbers[20], n21 = numbers[21],
            n22 = numbers[22], n23 = numbers[23], n24 = numbers[24], n25 = numbers[25], n26 = numbers[26],
            n27 = numbers[27], n28 = numbers[28], n29 = numbers[29], n30 = numbers[30], n31 = numbers[31],
            n32 = numbers[32], n33 = numbers[33], n34 = numbers[34], n35 = numbers[35], n36 = numbers[36],
            n37 = numbers[37], n38 = numbers[38], n39 = numbers[39], n40 = numbers[40], n41 = numbers[41],
            n42 = numbers[42], n43 = numbers[43], n44 = numbers[44], n45 = numbers[45], n46 = numbers[46],
            n47 = numbers[47], n48 = numbers[48], n49 = numbers[49], n50 = numbers[50], n51 = numbers[51],
            n52 = numbers[52], n53 = numbers[53], n54 = numbers[54], n55 = numbers[55], n56 = numbers[56],
            n57 = numbers[57], n58 = numbers[58], n59 = numbers[59], n60 = numbers[60], n61 = numbers[61],
            n62 = numbers[62], n63 = numbers[63], n64 = numbers[64], n65 = numbers[65], n66 = numbers[66],
            n67 = numbers[67], n68 = numbers[68], n69 = numbers[69], n70 = numbers[70], n71 = numbers[71],
            n72 = numbers[72], n73 = numbers[73], n74 = numbers[74], n75 = numbers[75], n76 = numbers[76],
            n77 = numbers[77], n78 = numbers[78], n79 = numbers[79], n80 = numbers[80], n81 = numbers[81],
            n82 = numbers[82], n83 = numbers[83], n84 = numbers[84], n85 = numbers[85], n86 = numbers[86],
            n87 = numbers[87], n88 = numbers[88], n89 = numbers[89], n90 = numbers[90], n91 = numbers[91],
            n92 = numbers[92], n93 = numbers[93], n94 = numbers[94], n95 = numbers[95], n96 = numbers[96],
            n97 = numbers[97], n98 = numbers[98], n99 = numbers[99], n100 = numbers[100], n101 = numbers[101],
            n102 = numbers[102], n103 = numbers[103], n104 = numbers[104], n105 = numbers[105], n106 = numbers[106],
            n107 = numbers[107], n108 = numbers[108], n109 = numbers[109], n110 = numbers[110], n111 = numbers[111],
            n112 = numbers[112], n113 = numbers[113], n114 = numbers[114], n115 = numbers[115], n116 = numbers[116],
            n117 = numbers[117], n118 = numbers[118], n119 = numbers[119], n120 = numbers[120], n121 = numbers[121],
            n122 = numbers[122], n123 = numbers[123], n124 = numbers[124], n125 = numbers[125], n126 = numbers[126],
            n127 = numbers[127], n128 = numbers[128], n129 = numbers[129], n130 = numbers[130], n131 = numbers[131],
            n132 = numbers[132], n133 = numbers[133], n134 = numbers[134], n135 = numbers[135], n136 = numbers[136],
            n137 = numbers[137], n138 = numbers[138], n139 = numbers[139], n140 = numbers[140], n141 = numbers[141],
            n142 = numbers[142], n143 = numbers[143], n144 = numbers[144], n145 = numbers[145], n146 = numbers[146],
            n147 = numbers[147], n148 = numbers[148], n149 = numbers[149], n150 = numbers[150], n151 = numbers[151],
            n152 = numbers[152], n153 = numbers[153], n154 = numbers[154], n155 = numbers[155], n156 = numbers[156],
            n157 = numbers[157], n158 = numbers[158], n159 = numbers[159], n160 = numbers[160], n161 = numbers[161],
            n162 = numbers[162], n163 = numbers[163], n164 = numbers[164], n165 = numbers[165], n166 = numbers[166],
            n167 = numbers[167], n168 = numbers[168], n169 = numbers[169], n170 = numbers[170], n171 = numbers[171],
            n172 = numbers[172], n173 = numbers[173], n174 = numbers[174], n175 = numbers[175], n176 = numbers[176],
            n177 = numbers[177], n178 = numbers[178], n179 = numbers[179], n180 = numbers[180], n181 = numbers[181],
            n182 = numbers[182], n183 = numbers[183], n184 = numbers[184], n185 = numbers[185], n186 = numbers[186],
            n187 = numbers[187], n188 = numbers[188], n189 = numbers[189], n190 = numbers[190], n191 = numbers[191],
            n192 = numbers[192], n193 = numbers[193], n194 = numbers[194], n195 = numbers[195], n196 = numbers[196],
            n197 = numbers[197], n198 = numbers[198], n199 = numbers[199], n200 = numbers[200], n201 = numbers[201],
            n202 = numbers[202], n203 = numbers[203], n204 = numbers[204], n205 = numbers[205], n206 = numbers[206],
            n207 = numbers[207], n208 = numbers[208], n209 = numbers[209], n210 = numbers[210], n211 = numbers[211],
            n212 = numbers[212], n213 = numbers[213], n214 = numbers[214], n215 = numbers[215], n216 = numbers[216],
            n217 = numbers[217], n218 = numbers[218], n219 = numbers[219], n220 = numbers[220], n221 = numbers[221],
            n222 = numbers[222], n223 = numbers[223], n224 = numbers[224], n225 = numbers[225], n226 = numbers[226],
            n227 = numbers[227], n228 = numbers[228], n229 = numbers[229], n230 = numbers[230], n231 = numbers[231],
            n232 = numbers[232], n233 = numbers[233], n234 = numbers[234], n235 = numbers[235], n236 = numbers[236],
            n237 = numbers[237], n238 = numbers[238], n239 = numbers[239], n240 = numbers[240], n241 = numbers[241],
            n242 = numbers[242], n243 = numbers[243], n244 = numbers[244], n245 = numbers[245], n246 = numbers[246],
            n247 = numbers[247], n248 = numbers[248], n249 = numbers[249], n250 = numbers[250], n251 = numbers[251],
            n252 = numbers[252], n253 = numbers[253], n254 = numbers[254], n255 = numbers[255], n256 = numbers[256],
            n257 = numbers[257], n258 = numbers[258], n259 = numbers[259], n260 = numbers[260], n261 = numbers[261],
            n262 = numbers[262], n263 = numbers[263], n264 = numbers[264], n265 = numbers[265], n266 = numbers[266],
            n267 = numbers[267], n268 = numbers[268], n269 = numbers[269], n270 = numbers[270], n271 = numbers[271],
            n272 = numbers[272], n273 = numbers[273], n274 = numbers[274], n275 = numbers[275], n276 = numbers[276],
            n277 = numbers[277], n278 = numbers[278], n279 = numbers[279], n280 = numbers[280], n281 = numbers[281],
            n282 = numbers[282], n283 = numbers[283], n284 = numbers[284], n285 = numbers[285], n286 = numbers[286],
            n287 = numbers[287], n288 = numbers[288], n289 = numbers[289], n290 = numbers[290], n291 = numbers[291],
            n292 = numbers[292], n293 = numbers[293], n294 = numbers[294], n295 = numbers[295], n296 = numbers[296],
            n297 = numbers[297], n298 = numbers[298], n299 = numbers[299], n300 = numbers[300], n301 = numbers[301],
            n302 = numbers[302], n303 = numbers[303], n304 = numbers[304], n305 = numbers[305], n306 = numbers[306],
            n307 = numbers[307], n308 = numbers[308], n309 = numbers[309], n310 = numbers[310], n311 = numbers[311],
            n312 = numbers[312], n313 = numbers[313], n314 = numbers[314], n315 = numbers[315], n316 = numbers[316],
            n317 = numbers[317], n318 = numbers[318], n319 = numbers[319], n320 = numbers[320], n321 = numbers[321],
            n322 = numbers[322], n323 = numbers[323], n324 = numbers[324], n325 = numbers[325], n326 = numbers[326],
            n327 = numbers[327], n328 = numbers[328], n329 = numbers[329], n330 = numbers[330], n331 = numbers[331],
            n332 = numbers[332], n333 = numbers[333], n334 = numbers[334], n335 = numbers[335], n336 = numbers[336],
            n337 = numbers[337], n338 = numbers[338], n339 = numbers[339], n340 = numbers[340], n341 = numbers[341],
            n342 = numbers[342], n343 = numbers[343], n344 = numbers[344], n345 = numbers[345], n346 = numbers[346],
            n347 = numbers[347], n348 = numbers[348], n349 = numbers[349], n350 = numbers[350], n351 = numbers[351],
            n352 = numbers[352], n353 = numbers[353], n354 = numbers[354], n355 = numbers[355], n356 = numbers[356],
            n357 = numbers[357], n358 = numbers[358], n359 = numbers[359], n360 = numbers[360], n361 = numbers[361],
            n362 = numbers[362], n363 = numbers[363], n364 = numbers[364], n365 = numbers[365], n366 = numbers[366],
            n367 = numbers[367], n368 = numbers[368], n369 = numbers[369], n370 = numbers[370], n371 = numbers[371],
            n372 = numbers[372], n373 = numbers[373], n374 = numbers[374], n375 = numbers[375], n376 = numbers[376],
            n377 = numbers[377], n378 = numbers[378], n379 = numbers[379], n380 = numbers[380], n381 = numbers[381],
            n382 = numbers[382], n383 = numbers[383], n384 = numbers[384], n385 = numbers[385], n386 = numbers[386],
            n387 = numbers[387], n388 = numbers[388], n389 = numbers[389], n390 = numbers[390], n391 = numbers[391],
            n392 = numbers[392], n393 = numbers[393], n394 = numbers[394], n395 = numbers[395], n396 = numbers[396],
            n397 = numbers[397], n398 = numbers[398], n399 = numbers[399], n400 = numbers[400], n401 = numbers[401],
            n402 = numbers[402], n403 = numbers[403], n404 = numbers[404], n405 = numbers[405], n406 = numbers[406],
            n407 = numbers[407], n408 = numbers[408], n409 = numbers[409], n410 = numbers[410], n411 = numbers[411],
            n412 = numbers[412], n413 = numbers[413], n414 = numbers[414], n415 = numbers[415], n416 = numbers[416],
            n417 = numbers[417], n418 = numbers[418], n419 = numbers[419], n420 = numbers[420], n421 = numbers[421],
            n422 = numbers[422], n423 = numbers[423], n424 = numbers[424], n425 = numbers[425], n426 = numbers[426],
            n427 = numbers[427], n428 = numbers[428], n429 = numbers[429], n430 = numbers[430], n431 = numbers[431],
            n432 = numbers[432], n433 = numbers[433], n434 = numbers[434], n435 = numbers[435], n436 = numbers[436],
            n437 = numbers[437], n438 = numbers[438], n439 = numbers[439], n440 = numbers[440], n441 = numbers[441],
            n442 = numbers[442], n443 = numbers[443], n444 = numbers[444], n445 = numbers[445], n446 = numbers[446],
            n447 = numbers[447], n448 = numbers[448], n449 = numbers[449], n450 = numbers[450], n451 = numbers[451],
            n452 = numbers[452], n453 = numbers[453], n454 = numbers[454], n455 = numbers[455], n456 = numbers[456],
            n457 = numbers[457], n458 = numbers[458], n459 = numbers[459], n460 = numbers[460], n461 = numbers[461],
            n462 = numbers[462], n463 = numbers[463], n464 = numbers[464], n465 = numbers[465], n466 = numbers[466],
            n467 = numbers[467], n468 = numbers[468], n469 = numbers[469], n470 = numbers[470], n471 = numbers[471],
            n472 = numbers[472], n473 = numbers[473], n474 = numbers[474], n475 = numbers[475], n476 = numbers[476],
            n477 = numbers[477], n478 = numbers[478], n479 = numbers[479], n480 = numbers[480], n481 = numbers[481],
            n482 = numbers[482], n483 = numbers[483], n484 = numbers[484], n485 = numbers[485], n486 = numbers[486],
            n487 = numbers[487], n488 = numbers[488], n489 = numbers[489], n490 = numbers[490], n491 = numbers[491],
            n492 = numbers[492], n493 = numbers[493], n494 = numbers[494], n495 = numbers[495], n496 = numbers[496],
            n497 = numbers[497], n498 = numbers[498], n499 = numbers[499], n500 = numbers[500], n501 = numbers[501],
            n502 = numbers[502], n503 = numbers[503], n504 = numbers[504], n505 = numbers[505], n506 = numbers[506],
            n507 = numbers[507], n508 = numbers[508], n509 = numbers[509], n510 = numbers[510], n511 = numbers[511];
        return nest(0, numbers) + n0 + n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 + n12 + n13 + n14 + n15
                + n16 + n17 + n18 + n19 + n20 + n21 + n22 + n23 + n24 + n25 + n26 + n27 + n28 + n29 + n30 + n31 + n32
                + n33 + n34 + n35 + n36 + n37 + n38 + n39 + n40 + n41 + n42 + n43 + n44 + n45 + n46 + n47 + n48 + n49
                + n50 + n51 + n52 + n53 + n54 + n55 + n56 + n57 + n58 + n59 + n60 + n61 + n62 + n63 + n64 + n65 + n66
                + n67 + n68 + n69 + n70 + n71 + n72 + n73 + n74 + n75 + n76 + n77 + n78 + n79 + n80 + n81 + n82 + n83
                + n84 + n85 + n86 + n87 + n88 + n89 + n90 + n91 + n92 + n93 + n94 + n95 + n96 + n97 + n98 + n99 + n100
                + n101 + n102 + n103 + n104 + n105 + n106 + n107 + n108 + n109 + n110 + n111 + n112 + n113 + n114
                + n115 + n116 + n117 + n118 + n119 + n120 + n121 + n122 + n123 + n124 + n125 + n126 + n127 + n128
                + n129 + n130 + n131 + n132 + n133 + n134 + n135 + n136 + n137 + n138 + n139 + n140 + n141 + n142
                + n143 + n144 + n145 + n146 + n147 + n148 + n149 + n150 + n151 + n152 + n153 + n154 + n155 + n156
                + n157 + n158 + n159 + n160 + n161 + n162 + n163 + n164 + n165 + n166 + n167 + n168 + n169 + n170
                + n171 + n172 + n173 + n174 + n175 + n176 + n177 + n178 + n179 + n180 + n181 + n182 + n183 + n184
                + n185 + n186 + n187 + n188 + n189 + n190 + n191 + n192 + n193 + n194 + n195 + n196 + n197 + n198
                + n199 + n200 + n201 + n202 + n203 + n204 + n205 + n206 + n207 + n208 + n209 + n210 + n211 + n212
                + n213 + n214 + n215 + n216 + n217 + n218 + n219 + n220 + n221 + n222 + n223 + n224 + n225 + n226
                + n227 + n228 + n229 + n230 + n231 + n232 + n233 + n234 + n235 + n236 + n237 + n238 + n239 + n240
                + n241 + n242 + n243 + n244 + n245 + n246 + n247 + n248 + n249 + n250 + n251 + n252 + n253 + n254
                + n255 + n256 + n257 + n258 + n259 + n260 + n261 + n262 + n263 + n264 + n265 + n266 + n267 + n268
                + n269 + n270 + n271 + n272 + n273 + n274 + n275 + n276 + n277 + n278 + n279 + n280 + n281 + n282
                + n283 + n284 + n285 + n286 + n287 + n288 + n289 + n290 + n291 + n292 + n293 + n294 + n295 + n296
                + n297 + n298 + n299 + n300 + n301 + n302 + n303 + n304 + n305 + n306 + n307 + n308 + n309 + n310
                + n311 + n312 + n313 + n314 + n315 + n316 + n317 + n318 + n319 + n320 + n321 + n322 + n323 + n324
                + n325 + n326 + n327 + n328 + n329 + n330 + n331 + n332 + n333 + n334 + n335 + n336 + n337 + n338
                + n339 + n340 + n341 + n342 + n343 + n344 + n345 + n346 + n347 + n348 + n349 + n350 + n351 + n352
                + n353 + n354 + n355 + n356 + n357 + n358 + n359 + n360 + n361 + n362 + n363 + n364 + n365 + n366
                + n367 + n368 + n369 + n370 + n371 + n372 + n373 + n374 + n375 + n376 + n377 + n378 + n379 + n380
                + n381 + n382 + n383 + n384 + n385 + n386 + n387 + n388 + n389 + n390 + n391 + n392 + n393 + n394
                + n395 + n396 + n397 + n398 + n399 + n400 + n401 + n402 + n403 + n404 + n405 + n406 + n407 + n408
                + n409 + n410 + n411 + n412 + n413 + n414 + n415 + n416 + n417 + n418 + n419 + n420 + n421 + n422
                + n423 + n424 + n425 + n426 + n427 + n428 + n429 + n430 + n431 + n432 + n433 + n434 + n435 + n436
                + n437 + n438 + n439 + n440 + n441 + n442 + n443 + n444 + n445 + n446 + n447 + n448 + n449 + n450
                + n451 + n452 + n453 + n454 + n455 + n456 + n457 + n458 + n459 + n460 + n461 + n462 + n463 + n464
                + n465 + n466 + n467 + n468 + n469 + n470 + n471 + n472 + n473 + n474 + n475 + n476 + n477 + n478
                + n479 + n480 + n481 + n482 + n483 + n484 + n485 + n486 + n487 + n488 + n489 + n490 + n491 + n492
                + n493 + n494 + n495 + n496 + n497 + n498 + n499 + n500 + n501 + n502 + n503 + n504 + n505 + n506
                + n507 + n508 + n509 + n510 + n511;
        // spotless:on
    }
}
